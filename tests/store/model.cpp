// SPDX-License-Identifier: BSL-1.0
#include <converge/store/any_store.hpp>

#include "store_model.hpp"

#include <algorithm>
#include <map>
#include <random>

// Random histories in which a store must answer as the model does.

using namespace converge;
using namespace store_test;

namespace {

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
        auto const found = model_.get(key);
        switch (below(4)) {
        case 0: return compare::exists(key);
        case 1: return compare::absent(key);
        case 2: return compare::version_is(key, found ? found->version + below(2) : below(2));
        default: return compare::modified_at(key, found ? found->modified : any_revision());
        }
    }

    void write()
    {
        transaction wanted;
        for (auto left = below(3); left > 0; --left)
            wanted.when(any_condition());
        auto const then = any_writes();
        auto const otherwise = below(2) == 0 ? any_writes() : std::vector<model_write>{};
        wanted.then = to_operations(then);
        wanted.otherwise = to_operations(otherwise);
        auto const before = model_.newest();
        bool const expected = model_.holds(wanted.conditions, before);
        auto const& taken = expected ? then : otherwise;
        model_.apply(taken);
        auto const outcome = user_.commit(std::move(wanted));
        CHECK(outcome.succeeded == expected);
        CHECK(outcome.at == model_.newest());
        REQUIRE(outcome.entries.size() == taken.size());
        for (std::size_t i = 0; i < taken.size(); ++i) {
            auto const& [key, size] = taken[i];
            CHECK(to_model(outcome.entries[i]) ==
                  model_.get(key, size ? model_.newest() : before));
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
            auto next = expected.begin();
            for (bool more = true; more;) {
                auto const page = user_.list(query);
                CHECK(page.at == at);
                for (auto const& entry : page.entries) {
                    REQUIRE(next != expected.end());
                    CHECK(key_of(entry.value) == next->first);
                    CHECK(entry.value.metadata().resource_version == next->second.modified);
                    CHECK(to_model(entry) == next++->second);
                }
                if (!page.entries.empty())
                    CHECK(page.last_key == std::prev(next)->first);
                more = page.more;
                query.after = page.last_key;
                query.at = page.at;
            }
            CHECK(next == expected.end());
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
            CHECK(to_model(batch->events[i]) == expected[i]);
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

    store_under_test& opened_;
    session user_;
    std::mt19937_64 random_;
    store_model model_;
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
