// SPDX-License-Identifier: BSL-1.0
#include <converge/client/informer.hpp>

#include "informer.hpp"

using namespace informer_guarantees;

namespace {

struct reads_in_order : reader {
    using reader::reader;

    void on_change(object_change const& change) override
    {
        auto const id = key_of(change);
        auto const& then = truth->at(change.at);
        auto const real = then.find(id);
        expect(change.at > last[id], to_string(id) + " went back to " + to_string(change.at));
        last[id] = change.at;
        if (!change.after)
            expect(real == then.end(), to_string(id) + " is said to be gone while it was there");
        else
            expect(real != then.end() && real->second == seen_state{change.after} &&
                       real->second.at == change.at,
                   to_string(id) + " was never so");
    }

    std::map<object_key, revision> last;
};

struct compares_snapshots : reader {
    using reader::reader;

    void on_change(object_change const&) override { compare(); }
    void on_progress() override { compare(); }
    void look(std::uint64_t) override
    {
        compare();
        for (auto const& [kept, right] : held)
            expect(content(kept) == right, "a snapshot changed");
        if (pages->synced())
            held.emplace_back(shown.snapshot(), content(shown.snapshot()));
        if (held.size() > 3)
            held.erase(held.begin());
    }

    [[nodiscard]] static seen_states content(cache_snapshot<page, by_parity> const& of)
    {
        seen_states all;
        for (auto const& each : of)
            all.emplace(each.key(), seen_state{each});
        return all;
    }

    void compare()
    {
        auto const now = shown.snapshot();
        auto const& real = truth->at(now.at());
        expect(content(now) == real, "a snapshot shows what never was at " + to_string(now.at()));
        expect(now.size() == real.size(), "a snapshot has another size than objects");
        std::size_t indexed = 0;
        for (auto const* value : {"even", "odd"})
            for (auto const& each : now.by<by_parity>(value)) {
                auto const found = real.find(each.key());
                expect(found != real.end() && found->second == seen_state{each} &&
                           by_parity::value(each) == value,
                       "an index finds what is not there");
                ++indexed;
            }
        expect(indexed == real.size(), "an index leaves an object out");
    }

    std::vector<std::pair<cache_snapshot<page, by_parity>, seen_states>> held;
};

struct looks_when_told : reader {
    using reader::reader;

    void on_change(object_change const& change) override
    {
        key<page> const id{key_of(change)};
        auto const found = shown.find(id);
        if (found == nullptr) {
            expect(shown.at() >= change.at, "the cache is behind what is told");
            expect(!change.after || shown.at() > change.at, "the cache has not what is told");
            return;
        }
        expect(change.after ? found->metadata.resource_version >= change.at
                            : found->metadata.resource_version > change.at,
               "the cache shows an older state than what is told");
        bool indexed = false;
        for (auto const& each : shown.by<by_parity>(by_parity::value(*found)))
            indexed = indexed || each == found;
        expect(indexed, "the index is behind what is told");
    }
};

struct told_change {
    object_key id;
    revision at{};
    bool operator==(told_change const&) const = default;
};

struct listens_twice : reader {
    listens_twice(client const& api, std::shared_ptr<ledger> book) : reader{api, std::move(book)}
    {
        other = pages->subscribe([this](object_change const& change) { hear(second, change); });
    }

    void on_change(object_change const& change) override { hear(first, change); }
    void on_progress() override { expect(first == second, "two subscribers heard differently"); }

    void hear(std::vector<told_change>& in, object_change const& change)
    {
        expect(!busy, "a subscriber was called while another was");
        busy = true;
        in.push_back({key_of(change), change.at});
        expect(&in == &first ? first.size() == second.size() + 1 : first == second,
               "subscribers hear out of turn");
        busy = false;
    }

    bool busy = false;
    std::vector<told_change> first;
    std::vector<told_change> second;
    subscription other;
};

/// Rebuilds the cache from what it is told.
struct mirror {
    void hear(reader& of, object_change const& change)
    {
        auto const id = reader::key_of(change);
        auto const known = all.find(id);
        of.expect(change.before ? known != all.end() && known->second == seen_state{change.before}
                                : known == all.end(),
                  "something was missed of " + to_string(id));
        if (change.after)
            all[id] = seen_state{change.after};
        else
            all.erase(id);
    }

    seen_states all;
    subscription hears;
};

struct comes_late : reader {
    using reader::reader;

    void look(std::uint64_t chance) override
    {
        if (chance % 4 == 0)
            join();
        else if (chance % 4 == 1)
            joins_next = true;
    }
    void on_change(object_change const&) override
    {
        if (std::exchange(joins_next, false))
            join();
    }
    void on_progress() override
    {
        for (auto const& each : mirrors)
            expect(each->all == cached(), "a late subscriber knows another state");
    }

    void join()
    {
        auto const fresh = mirrors.emplace_back(std::make_shared<mirror>());
        fresh->hears = pages->subscribe(
            [this, to = fresh.get()](object_change const& change) { to->hear(*this, change); });
        expect(fresh->all == cached(), "a late subscriber did not hear of all that is there");
    }

    bool joins_next = false;
    std::vector<std::shared_ptr<mirror>> mirrors;
};

struct looks_for_deletes : reader {
    looks_for_deletes(client const& api, std::shared_ptr<ledger> book,
                      std::shared_ptr<std::atomic<int>> of)
        : reader{api, std::move(book)},
          count{std::move(of)}
    {}

    void on_change(object_change const& change) override
    {
        auto const id = key_of(change);
        own.hear(*this, change);
        bool const listed = pages->lists() != lists;
        expect(change.final_state_unknown == (listed && !change.after),
               to_string(id) + ": whether the last state is known is told wrongly");
        if (change.after)
            return;
        expect(!truth->at(change.at).contains(id), to_string(id) + " was there when it was gone");
        if (change.final_state_unknown)
            ++*count;
        else
            expect(truth->at(revision{change.at.value() - 1}).contains(id),
                   to_string(id) + " was not deleted then");
    }
    void on_progress() override
    {
        expect(own.all == cached(), "somebody was not told of a deletion");
        lists = pages->lists();
    }

    std::shared_ptr<std::atomic<int>> count;
    mirror own;
    std::uint64_t lists = 0;
};

struct waits_for_sync : reader {
    waits_for_sync(client const& api, std::shared_ptr<ledger> book) : reader{api, std::move(book)}
    {
        second.hears =
            pages->subscribe([this](object_change const& change) { second.hear(*this, change); });
    }

    void on_change(object_change const& change) override
    {
        expect(pages->synced() == was_synced, "synced before all were told");
        first.hear(*this, change);
    }
    void on_progress() override { was_synced = pages->synced(); }
    void on_synced() override
    {
        expect(pages->synced() && pages->lists() != 0, "synced before a list");
        expect(first.all == cached() && second.all == cached(),
               "synced before every subscriber has heard of everything");
    }

    bool was_synced = false;
    mirror first;
    mirror second;
};

struct leaves : reader {
    struct guest {
        subscription hears;
        bool left = false;
        bool leaves_when_told = false;
    };

    using reader::reader;

    void look(std::uint64_t chance) override
    {
        if (chance % 3 == 0)
            leave(*guests[chance / 8 % guests.size()]);
        else
            join(chance % 3 == 1);
    }
    void on_change(object_change const& change) override
    {
        // One who was still to be told of this change is sent away.
        if (change.at.value() % 4 == 0 && guests.size() > 1)
            leave(*guests.back());
    }

    void join(bool leaves_when_told)
    {
        auto* const fresh = guests.emplace_back(std::make_unique<guest>()).get();
        fresh->hears = pages->subscribe([this, fresh](object_change const&) {
            expect(!fresh->left, "who has left was called");
            if (fresh->leaves_when_told)
                leave(*fresh);
        });
        fresh->leaves_when_told = leaves_when_told;
    }
    void leave(guest& who)
    {
        who.hears.unsubscribe();
        who.hears.unsubscribe();
        who.left = true;
    }

    std::vector<std::unique_ptr<guest>> guests = [] {
        std::vector<std::unique_ptr<guest>> first;
        first.push_back(std::make_unique<guest>());
        return first;
    }();
};

} // namespace

TEST_CASE("I1 each key goes through states that it had, in their order")
{
    check_reader<reads_in_order>("informer_order");
}

TEST_CASE("I2 every query answers from one state that the store had")
{
    check_reader<compares_snapshots>("informer_snapshot");
}

TEST_CASE("I3 the cache and its indexes change before anybody is told")
{
    check_reader<looks_when_told>("informer_cache_first");
}

TEST_CASE("I4 subscribers hear one after the other, in order")
{
    check_reader<listens_twice>("informer_subscribers");
}

TEST_CASE("I5 who comes late hears of all that is there as additions, then of every change")
{
    check_reader<comes_late>("informer_late");
}

TEST_CASE("I6 what a list shows to be gone is told with its last known state, and marked")
{
    auto const count = std::make_shared<std::atomic<int>>(0);
    check_readers("informer_deletes", [count](client const& api, std::shared_ptr<ledger> book) {
        return std::make_shared<looks_for_deletes>(api, std::move(book), count);
    });
    // The seeds bring it about.
    CHECK(*count > 0);
}

TEST_CASE("I9 synced is said when every subscriber has heard of the first list")
{
    check_reader<waits_for_sync>("informer_synced");
}

TEST_CASE("I10 who has unsubscribed is not called again")
{
    check_reader<leaves>("informer_unsubscribed");
}
