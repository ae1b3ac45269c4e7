// SPDX-License-Identifier: BSL-1.0
#include "history_checker.hpp"

#include <converge/store/memory_store.hpp>

#include <functional>
#include <set>

// The history checker is worth something only if it finds what is wrong.

using namespace converge;
using namespace store_test;

namespace {

enum class lie {
    none,
    /// Conditions on the revision are not looked at: of two who read the same, both may write.
    loses_updates,
    /// No condition is looked at.
    decides_wrongly,
    refuses_wrongly,
    /// Says that it wrote.
    forgets_writes,
    /// A transaction is written piece by piece.
    tears_transactions,
    /// A list is read piece by piece.
    tears_lists,
    gets_are_late,
    lists_are_late,
    /// Tells a revision that another commit has.
    repeats_revisions,
    /// Refused commits take a revision too.
    wastes_revisions,
    tells_old_entries,
    finds_what_never_was,
};

/// A store that now and then does not do what it should.
class lying_store {
public:
    explicit lying_store(lie what) : what_{what} {}

    commit_outcome commit(transaction wanted)
    {
        if (!now())
            return inner_.commit(std::move(wanted));
        switch (what_) {
        case lie::loses_updates:
            std::erase_if(wanted.conditions, [](compare const& each) {
                return each.what() == compare::test::modified_at ||
                       each.what() == compare::test::version_is;
            });
            break;
        case lie::decides_wrongly: wanted.conditions.clear(); break;
        case lie::refuses_wrongly: wanted.when(compare::exists("never")); break;
        case lie::forgets_writes: return forget(wanted);
        case lie::tears_transactions: return tear(std::move(wanted));
        case lie::wastes_revisions: return waste(std::move(wanted));
        case lie::repeats_revisions: return repeat(std::move(wanted));
        case lie::tells_old_entries: return tell_old(std::move(wanted));
        default: break;
        }
        return inner_.commit(std::move(wanted));
    }

    std::optional<stored> get(std::string_view key)
    {
        if (what_ == lie::gets_are_late && now())
            return inner_.get(key, before());
        auto found = inner_.get(key);
        if (what_ == lie::finds_what_never_was && found && now())
            found->value = make_gadget(-1, std::string{key}).freeze();
        return found;
    }

    list_page list(list_query query)
    {
        auto page = inner_.list(query);
        if (query.at || page.at < revision{2} || !now())
            return page;
        query.at = before();
        if (what_ == lie::lists_are_late)
            return inner_.list(std::move(query));
        auto const old = inner_.list(std::move(query));
        if (what_ == lie::tears_lists && old.entries.size() == page.entries.size())
            for (std::size_t i = 0; i < old.entries.size() / 2; ++i)
                page.entries[i] = old.entries[i];
        return page;
    }

    std::unique_ptr<watch_stream> watch(watch_query query)
    {
        return inner_.watch(std::move(query));
    }
    revision newest() { return inner_.newest(); }
    lease_id grant_lease(duration ttl, instant at) { return inner_.grant_lease(ttl, at); }
    bool renew_lease(lease_id lease, instant at) { return inner_.renew_lease(lease, at); }
    std::optional<instant> housekeep(instant at) { return inner_.housekeep(at); }
    store_stats stats() { return inner_.stats(); }
    std::uint64_t incarnation() { return inner_.incarnation(); }

private:
    [[nodiscard]] bool now() { return what_ != lie::none && ++calls_ % 3 == 0; }
    [[nodiscard]] revision before() const
    {
        return revision{std::max<std::uint64_t>(inner_.newest().value(), 2) - 1};
    }

    /// Takes the revision, with a key that nobody looks at, and tells what would be right.
    commit_outcome forget(transaction& wanted)
    {
        commit_outcome told;
        told.succeeded = true;
        told.at = inner_.commit(put("~/hidden", 0)).at;
        if (!wanted.conditions.empty())
            return inner_.commit(std::move(wanted));
        for (auto& each : wanted.then) {
            auto const old = inner_.get(each.key());
            if (!each.is_put()) {
                told.entries.push_back(old);
                continue;
            }
            told.entries.push_back(stored{std::move(each.value()).freeze(),
                                          old ? old->created : told.at, told.at,
                                          old ? old->version + 1 : 1});
        }
        return told;
    }

    commit_outcome tear(transaction wanted)
    {
        if (!wanted.conditions.empty() || wanted.then.size() < 2)
            return inner_.commit(std::move(wanted));
        transaction first;
        first.then.push_back(std::move(wanted.then[0]));
        wanted.then.erase(wanted.then.begin());
        auto told = inner_.commit(std::move(first));
        auto rest = inner_.commit(std::move(wanted));
        told.at = rest.at;
        told.entries.insert(told.entries.end(), rest.entries.begin(), rest.entries.end());
        return told;
    }

    commit_outcome waste(transaction wanted)
    {
        auto told = inner_.commit(std::move(wanted));
        if (!told.succeeded)
            inner_.commit(put("~/hidden", 0));
        return told;
    }

    commit_outcome repeat(transaction wanted)
    {
        auto told = inner_.commit(std::move(wanted));
        if (told.at > revision{1})
            told.at = before();
        return told;
    }

    commit_outcome tell_old(transaction wanted)
    {
        auto told = inner_.commit(std::move(wanted));
        for (auto& each : told.entries)
            if (each)
                ++each->version;
        return told;
    }

    memory_store inner_;
    lie what_;
    unsigned calls_ = 0;
};

/// What two clients note who take turns.
history notes_about(lie what, unsigned seed)
{
    lying_store liar{what};
    std::atomic<std::uint64_t> clock = 0;
    random_client one{any_store{liar}, clock, seed * 2};
    random_client other{any_store{liar}, clock, seed * 2 + 1};
    for (int i = 0; i < 150; ++i) {
        one.step();
        // A transaction without conditions, for those who tear them.
        other.commit({}, {{"a/0", 100 * i + 1}, {"a/4", 100 * i + 2}});
        // A swap by two who have read the same.
        if (auto const seen = one.get("a/1")) {
            one.commit({compare::modified_at("a/1", seen->modified)}, {{"a/1", 100 * i + 3}});
            other.commit({compare::modified_at("a/1", seen->modified)}, {{"a/1", 100 * i + 4}});
        }
        other.list("a/");
        other.step();
    }
    history all;
    join(all, one);
    join(all, other);
    return all;
}

/// Two clients, one call after the other.
class script {
public:
    recording_client one{any_store{inner_}, clock_};
    recording_client other{any_store{inner_}, clock_};

    [[nodiscard]] history noted() const
    {
        history all;
        join(all, one);
        join(all, other);
        return all;
    }

private:
    memory_store inner_;
    std::atomic<std::uint64_t> clock_ = 0;
};

} // namespace

TEST_CASE("the checker finds no fault with an honest store")
{
    for (unsigned seed = 1; seed <= 8; ++seed)
        CHECK(check(notes_about(lie::none, seed)).law == broken::nothing);
}

TEST_CASE("the checker finds each kind of lie, in every history in which it was told")
{
    struct planted {
        lie what;
        std::set<broken> names;
    };
    std::vector<planted> const lies{
        {lie::loses_updates, {broken::wrong_decision}},
        {lie::decides_wrongly, {broken::wrong_decision}},
        {lie::refuses_wrongly, {broken::wrong_decision}},
        {lie::forgets_writes, {broken::wrong_answer, broken::torn_snapshot, broken::stale_read,
                               broken::wrong_decision, broken::skipped_revision}},
        {lie::tears_transactions, {broken::skipped_revision}},
        {lie::tears_lists, {broken::torn_snapshot}},
        {lie::gets_are_late, {broken::stale_read}},
        {lie::lists_are_late, {broken::stale_read}},
        {lie::repeats_revisions, {broken::duplicated_revision, broken::wrong_answer}},
        {lie::wastes_revisions, {broken::skipped_revision}},
        {lie::tells_old_entries, {broken::wrong_answer}},
        {lie::finds_what_never_was, {broken::invented_read}},
    };
    for (auto const& each : lies)
        for (unsigned seed = 1; seed <= 6; ++seed) {
            CAPTURE(static_cast<int>(each.what));
            CAPTURE(seed);
            auto const law = check(notes_about(each.what, seed)).law;
            CAPTURE(static_cast<int>(law));
            CHECK(each.names.contains(law));
        }
}

TEST_CASE("the checker knows a write that vanished after it was acknowledged")
{
    script both;
    both.one.commit({}, {{"a/x", 1}});
    both.one.commit({}, {{"a/x", 2}});
    both.other.get("a/x");
    both.other.list("a/");
    auto all = both.noted();
    CHECK(check(all).law == broken::nothing);
    auto by_get = all;
    by_get[2].entries[0] = by_get[0].entries[0];
    CHECK(check(by_get).law == broken::stale_read);
    by_get[2].entries[0].reset();
    CHECK(check(by_get).law == broken::stale_read);
    all[3].listed["a/x"] = *all[0].entries[0];
    CHECK(check(all).law == broken::torn_snapshot);
}

TEST_CASE("the checker knows half a transaction, seen by two gets")
{
    script both;
    both.one.commit({}, {{"a/x", 1}, {"a/y", 1}});
    both.one.commit({}, {{"a/x", 2}, {"a/y", 2}});
    both.other.get("a/x");
    both.other.get("a/y");
    auto all = both.noted();
    // While the second commit is under way both states may be read, but only in their order.
    all[1].returned = 100;
    CHECK(check(all).law == broken::nothing);
    auto backwards = all;
    backwards[3].entries[0] = backwards[0].entries[1];
    CHECK(check(backwards).law == broken::stale_read);
    all[2].entries[0] = all[0].entries[0];
    CHECK(check(all).law == broken::nothing);
}

TEST_CASE("the checker knows a read of what had not been written yet")
{
    script both;
    both.other.get("a/x");
    both.one.commit({}, {{"a/x", 1}});
    both.other.list("a/");
    auto all = both.noted();
    CHECK(check(all).law == broken::nothing);
    auto early = all;
    early[1].entries[0] = early[0].entries[0];
    CHECK(check(early).law == broken::future_read);
    std::swap(all[1].called, all[2].called);
    std::swap(all[1].returned, all[2].returned);
    all.erase(all.begin() + 1);
    CHECK(check(all).law == broken::future_read);
}

TEST_CASE("the checker knows revisions that contradict the order in time")
{
    script both;
    both.one.commit({}, {{"a/x", 1}});
    both.other.commit({}, {{"a/y", 1}});
    auto all = both.noted();
    CHECK(check(all).law == broken::nothing);
    for (auto const to : {0u, 1u}) {
        auto& each = all[to];
        each.at = revision{2 - to};
        each.entries[0]->created = each.entries[0]->modified = each.at;
    }
    CHECK(check(all).law == broken::wrong_order);
    all[1].called = all[0].called;
    all[0].called = 0;
    all[0].returned = 50;
    CHECK(check(all).law == broken::nothing);
}

TEST_CASE("the checker knows a client for whom the revision went backwards")
{
    script both;
    both.one.commit({}, {{"a/x", 1}});
    both.one.commit({}, {{"b/x", 1}});
    both.one.list("a/");
    both.one.list("a/");
    both.one.commit({compare::absent("a/x")}, {{"a/x", 2}});
    auto all = both.one.noted();
    CHECK(check(all).law == broken::nothing);
    auto list = all;
    list[3].at = revision{1};
    CHECK(check(list).law == broken::stale_read);
    all[4].at = revision{1};
    CHECK(check(all).law == broken::stale_read);
}
