// SPDX-License-Identifier: BSL-1.0
#include <converge/store/any_store.hpp>

#include "store_under_test.hpp"

#include <algorithm>
#include <map>
#include <random>

// A store that remembers every state and every event in the simplest way, and random histories
// in which the real one must answer as it does.

using namespace converge;
using namespace store_test;

namespace {

struct model_entry {
    int size = 0;
    revision created{};
    revision modified{};
    std::uint64_t version = 0;
};

struct model_event {
    std::string key;
    std::optional<int> now;
    std::optional<int> before;
    revision at{};
};

struct model_write {
    std::string key;
    std::optional<int> size;
};

using model_state = std::map<std::string, model_entry>;

bool under(std::string const& prefix, std::string const& key)
{
    return prefix.empty() || prefix.back() == '/' ? key.starts_with(prefix) : key == prefix;
}

class model {
public:
    [[nodiscard]] revision newest() const { return revision{states_.size() - 1}; }
    [[nodiscard]] model_state const& now() const { return states_.back(); }

    [[nodiscard]] bool holds(compare const& condition) const
    {
        auto const found = now().find(condition.key());
        if (condition.what() == compare::test::absent)
            return found == now().end();
        return found != now().end() && (condition.what() == compare::test::exists ||
                                        found->second.modified == condition.at());
    }

    void apply(std::vector<model_write> const& writes)
    {
        auto next = now();
        auto const at = newest().next();
        auto const events_before = events_.size();
        for (auto const& [key, size] : writes) {
            auto const found = next.find(key);
            auto const existed = found != next.end();
            auto const before = existed ? std::optional{found->second.size} : std::nullopt;
            if (size) {
                auto& entry = next[key];
                entry.created = existed ? entry.created : at;
                entry.modified = at;
                ++entry.version;
                entry.size = *size;
            } else if (existed) {
                next.erase(found);
            }
            if (size || existed)
                events_.push_back({key, size, before, at});
        }
        if (events_.size() > events_before)
            states_.push_back(std::move(next));
    }

    [[nodiscard]] std::vector<std::pair<std::string, model_entry>> list(std::string const& prefix,
                                                                        revision at) const
    {
        std::vector<std::pair<std::string, model_entry>> found;
        for (auto const& each : states_[at.value()])
            if (under(prefix, each.first))
                found.push_back(each);
        return found;
    }

    [[nodiscard]] std::vector<model_event> events(std::string const& prefix, revision after) const
    {
        std::vector<model_event> found;
        for (auto const& each : events_)
            if (each.at > after && under(prefix, each.key))
                found.push_back(each);
        return found;
    }

private:
    std::vector<model_state> states_{model_state{}};
    std::vector<model_event> events_;
};

struct model_watch {
    std::unique_ptr<watch_stream> stream;
    std::string prefix;
    revision through;
};

class comparison {
public:
    comparison(store_under_test& opened, std::uint64_t seed)
        : opened_{opened},
          user_{opened.store()},
          random_{seed}
    {}

    void step()
    {
        switch (below(12)) {
        case 0: compact(); break;
        case 1:
        case 2: list(); break;
        case 3: open_watch(); break;
        case 4:
        case 5:
        case 6: pull(); break;
        default: write(); break;
        }
        CHECK(user_.newest() == model_.newest());
    }

private:
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

    [[nodiscard]] std::string any_key()
    {
        return std::vector<std::string>{"a/0",   "a/1", "a/2", "a/x", "a/x/0",
                                        "a/x/1", "ab",  "b/0", "b/1"}[below(9)];
    }
    [[nodiscard]] std::string any_prefix()
    {
        return std::vector<std::string>{"", "a/", "a/x", "a/x/", "b/", "b/1", "c/"}[below(7)];
    }
    /// Mostly near the newest, sometimes in the future.
    [[nodiscard]] revision any_revision()
    {
        auto const back = below(16);
        auto const top = model_.newest().value() + 3;
        return revision{back > top ? 0 : top - back};
    }

    [[nodiscard]] std::vector<model_write> any_writes()
    {
        std::map<std::string, std::optional<int>> writes;
        for (auto left = 1 + below(below(4) == 0 ? 5 : 1); left > 0; --left)
            writes[any_key()] = below(3) == 0 ? std::nullopt : std::optional{++counter_};
        std::vector<model_write> found;
        for (auto const& [key, size] : writes)
            found.push_back({key, size});
        return found;
    }

    [[nodiscard]] compare any_condition()
    {
        auto const key = any_key();
        auto const found = model_.now().find(key);
        switch (below(3)) {
        case 0: return compare::exists(key);
        case 1: return compare::absent(key);
        default:
            return compare::modified_at(key, found == model_.now().end() ? any_revision()
                                                                         : found->second.modified);
        }
    }

    static std::vector<operation> operations(std::vector<model_write> const& writes)
    {
        std::vector<operation> made;
        for (auto const& [key, size] : writes)
            made.push_back(size ? operation::put(key, make_gadget(*size)) : operation::erase(key));
        return made;
    }

    void write()
    {
        transaction wanted;
        bool expected = true;
        for (auto left = below(3); left > 0; --left) {
            wanted.when(any_condition());
            expected = expected && model_.holds(wanted.conditions.back());
        }
        auto const then = any_writes();
        auto const otherwise = below(2) == 0 ? any_writes() : std::vector<model_write>{};
        wanted.then = operations(then);
        wanted.otherwise = operations(otherwise);
        auto const& taken = expected ? then : otherwise;
        auto const before = model_.now();
        model_.apply(taken);
        auto const outcome = user_.commit(std::move(wanted));
        CHECK(outcome.succeeded == expected);
        CHECK(outcome.at == model_.newest());
        REQUIRE(outcome.entries.size() == taken.size());
        for (std::size_t i = 0; i < taken.size(); ++i) {
            auto const& state = taken[i].size ? model_.now() : before;
            auto const found = state.find(taken[i].key);
            REQUIRE(outcome.entries[i].has_value() == (found != state.end()));
            if (outcome.entries[i])
                check(*outcome.entries[i], found->second);
        }
    }

    void list()
    {
        list_query query{any_prefix()};
        query.at = any_revision();
        query.limit = below(4);
        auto const at = query.at ? query.at : model_.newest();
        if (query.at > model_.newest()) {
            CHECK(fails_with(errc::future_revision, [&] { user_.list(query); }));
        } else if (query.at && query.at < opened_.compacted()) {
            CHECK(fails_with(errc::gone, [&] { user_.list(query); }));
        } else {
            auto const expected = model_.list(query.prefix, at);
            std::size_t seen = 0;
            for (bool more = true; more;) {
                auto const page = user_.list(query);
                CHECK(page.at == at);
                for (auto const& entry : page.entries) {
                    REQUIRE(seen < expected.size());
                    check(entry, expected[seen++].second);
                }
                if (!page.entries.empty())
                    CHECK(page.last_key == expected[seen - 1].first);
                more = page.more;
                query.after = page.last_key;
                query.at = page.at;
            }
            CHECK(seen == expected.size());
        }
    }

    void open_watch()
    {
        auto const prefix = any_prefix();
        auto const after = any_revision();
        auto stream = user_.watch(prefix, after, below(4));
        if (watches_.size() < 8)
            watches_.push_back({std::move(stream), prefix, after});
        else
            watches_[below(8)] = {std::move(stream), prefix, after};
    }

    void pull()
    {
        if (watches_.empty())
            return;
        auto& watch = watches_[below(watches_.size())];
        if (watch.through.next() < opened_.compacted()) {
            CHECK(fails_with(errc::gone, [&] { user_.ready(*watch.stream); }));
            return;
        }
        auto const expected = model_.events(watch.prefix, watch.through);
        auto const batch = user_.ready(*watch.stream);
        REQUIRE(batch.has_value() == !expected.empty());
        if (!batch) {
            watch.through = std::max(watch.through, model_.newest());
            CHECK(watch.stream->through() == watch.through);
            return;
        }
        auto const count = batch->events.size();
        REQUIRE(count > 0);
        REQUIRE(count <= expected.size());
        for (std::size_t i = 0; i < count; ++i)
            check(batch->events[i], expected[i]);
        CHECK(batch->through >= expected[count - 1].at);
        CHECK(batch->through <= model_.newest());
        if (count < expected.size())
            CHECK(batch->through < expected[count].at);
        CHECK(watch.stream->through() == batch->through);
        watch.through = batch->through;
    }

    void compact()
    {
        auto const begin = any_revision();
        if (begin > model_.newest())
            CHECK(fails_with(errc::future_revision, [&] { opened_.compact(begin); }));
        else if (begin.value() + 6 < model_.newest().value())
            opened_.compact(begin);
    }

    static void check(stored const& actual, model_entry const& expected)
    {
        CHECK(size_of(actual.value) == expected.size);
        CHECK(actual.created == expected.created);
        CHECK(actual.modified == expected.modified);
        CHECK(actual.version == expected.version);
        CHECK(actual.value.metadata().resource_version == expected.modified);
    }

    static void check(store_event const& actual, model_event const& expected)
    {
        CHECK(actual.key == expected.key);
        CHECK(actual.at == expected.at);
        CHECK(static_cast<bool>(actual.current) == expected.now.has_value());
        CHECK(static_cast<bool>(actual.previous) == expected.before.has_value());
        if (actual.current && expected.now)
            CHECK(size_of(actual.current) == *expected.now);
        if (actual.previous && expected.before)
            CHECK(size_of(actual.previous) == *expected.before);
    }

    store_under_test& opened_;
    session user_;
    std::mt19937_64 random_;
    model model_;
    std::vector<model_watch> watches_;
    int counter_ = 0;
};

} // namespace

TEST_CASE("random histories: every read, list, page and watch answers as the model does")
{
    for (std::size_t const history : {65'536u, 24u, 1u}) {
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
            CAPTURE(history);
            CAPTURE(seed);
            for_every_store(
                [seed](store_under_test& opened) {
                    comparison both{opened, seed};
                    for (int i = 0; i < 1200; ++i)
                        both.step();
                },
                history);
        }
    }
}
