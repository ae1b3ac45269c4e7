// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the users of a store do until it crashes: everything that it can do, all at once.

#include <converge/store/sqlite_store.hpp>

#include <converge/core/failure.hpp>
#include <converge/work/random.hpp>

#include "crash_log.hpp"
#include "read_back.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace store_test {

struct workload_options {
    std::uint64_t seed = 1;
    /// Numbers of writes begin here, to be told from those of earlier runs.
    std::uint64_t first_id = 1;
    std::size_t keys = 24;
    /// Where a backup is made now and then; empty is none.
    std::string copy;
    /// How many changes behind the newest the history is cut now and then.
    std::uint64_t kept = 64;
    /// What the users' clock begins with.
    std::int64_t clock = 0;

    workload_options() = default;
};

/// Users of one store. Each reports what it is about to do, what it did, and what it saw, before
/// it goes on; see `crash_log`.
///
/// @par Threads  Every member may be called from any thread, if `tell` may.
class workload {
public:
    using teller = std::function<void(std::string const&)>;

    workload(converge::sqlite_store& store, teller tell, workload_options options)
        : store_{store},
          tell_{std::move(tell)},
          options_{std::move(options)},
          next_id_{options_.first_id},
          clock_{options_.clock}
    {
        tell_("clock " + std::to_string(options_.clock));
    }

    /// One user: does `steps` things, at most until `stop`.
    static converge::task<> use(workload& all, std::uint64_t user, std::uint64_t steps)
    {
        converge::random_bits random{all.options_.seed * 1000 + user};
        for (std::uint64_t i = 0; i < steps && !all.stopped_; ++i)
            co_await step(all, random);
    }

    /// Watches everything until `stop`, and one write after it.
    static converge::task<> look_on(workload& all)
    {
        while (!all.stopped_) {
            auto const stream = all.store_.watch(converge::watch_query{"", all.store_.newest()});
            try {
                while (!all.stopped_) {
                    auto const batch = co_await stream->next();
                    for (auto const& event : batch.events)
                        all.tell_seen(event.key, event.at, stamp_in(event.current));
                }
            } catch (converge::error const& failed) {
                if (!failed.is(converge::errc::gone))
                    throw;
            }
        }
    }

    void stop() { stopped_ = true; }

    /// Writes one key.
    static converge::task<> put_one(workload& all, std::string key)
    {
        draft write;
        all.add_put(write, std::move(key), false);
        co_await commit(all, std::move(write));
    }

    /// How many commits came out how.
    std::atomic<std::size_t> written = 0;
    std::atomic<std::size_t> refused = 0;
    std::atomic<std::size_t> undecided = 0;

private:
    struct draft {
        std::uint64_t id = 0;
        asked_write asked;
        converge::transaction write;

        draft() = default;
    };

    static converge::task<> step(workload& all, converge::random_bits& random)
    {
        all.clock_ += 1'000'000;
        auto const what = random.uniform(100);
        if (what < 80) {
            auto planned = all.plan(random, what);
            co_await commit(all, std::move(planned));
        } else if (what < 86) {
            all.look(random);
        } else if (what < 90) {
            co_await grant(all, random);
        } else if (what < 93) {
            all.renew(random);
        } else if (what < 97) {
            co_await housekeep(all);
        } else if (what < 99) {
            all.compact(random);
        } else if (!all.options_.copy.empty()) {
            co_await back_up(all);
        }
    }

    draft plan(converge::random_bits& random, std::uint64_t what)
    {
        draft made;
        auto const key = any_key(random);
        if (what < 35) {
            add_put(made, key, random.uniform(6) == 0);
        } else if (what < 55) {
            condition(made, key);
            add_put(made, key, false);
            if (what < 40)
                add_otherwise(made, any_key(random));
        } else if (what < 72) {
            auto const first = random.uniform(options_.keys);
            auto const count = 2 + random.uniform(4);
            for (std::uint64_t i = 0; i < count; ++i)
                if (i > 0 && random.uniform(3) == 0)
                    add_erase(made, key_number(first + i));
                else
                    add_put(made, key_number(first + i), random.uniform(6) == 0);
        } else {
            add_erase(made, key);
        }
        return made;
    }

    [[nodiscard]] std::string key_number(std::uint64_t n) const
    {
        n %= options_.keys;
        return (n % 3 == 0 ? "a/k" : "b/k") + std::to_string(n);
    }
    [[nodiscard]] std::string any_key(converge::random_bits& random) const
    {
        return key_number(random.uniform(options_.keys));
    }

    void number(draft& made)
    {
        if (made.id == 0)
            made.id = next_id_++;
    }

    void add_put(draft& to, std::string const& key, bool leased)
    {
        number(to);
        auto const stamp = stamp_of(to.id, false, to.asked.then.size());
        auto const lease = leased ? last_lease_.load() : 0;
        to.asked.then.push_back({key, stamp, lease});
        to.write.put(key, make_mark(key, stamp), static_cast<converge::lease_id>(lease));
    }

    void add_otherwise(draft& to, std::string const& key)
    {
        auto const stamp = stamp_of(to.id, true, 0);
        to.asked.otherwise.push_back({key, stamp, 0});
        to.write.otherwise.push_back(converge::operation::put(key, make_mark(key, stamp)));
    }

    void add_erase(draft& to, std::string const& key)
    {
        number(to);
        to.asked.then.push_back({key, 0, 0});
        to.write.erase(key);
    }

    void condition(draft& on, std::string const& key)
    {
        number(on);
        auto const now = store_.get(key);
        if (!now) {
            on.write.when(converge::compare::absent(key));
            return;
        }
        tell_seen(key, now->modified, stamp_in(now->value));
        on.write.when(converge::compare::modified_at(key, now->modified));
        on.write.when(converge::compare::version_is(key, now->version));
    }

    static converge::task<> commit(workload& all, draft made)
    {
        all.tell_(asking(made.id, made.asked));
        auto const id = std::to_string(made.id);
        try {
            auto const outcome = co_await all.store_.commit(std::move(made.write));
            bool const wrote = all.wrote(outcome, made.asked);
            auto const branch = outcome.succeeded ? "" : " else";
            all.tell_(wrote ? "ack " + id + " " + to_string(outcome.at) + branch : "void " + id);
            if (!wrote)
                all.tell_("new " + to_string(outcome.at));
            ++all.written;
        } catch (converge::error const& failed) {
            all.note_failure(failed, id);
        }
    }

    [[nodiscard]] bool wrote(converge::commit_outcome const& outcome, asked_write const& asked)
    {
        auto const& branch = outcome.succeeded ? asked.then : asked.otherwise;
        bool any = false;
        for (std::size_t i = 0; i < branch.size(); ++i) {
            any = any || branch[i].stamp != 0 || outcome.entries[i];
            if (branch[i].stamp != 0 && outcome.entries[i]->modified != outcome.at)
                tell_("a put says that it was at another revision than its transaction");
        }
        return any;
    }

    void note_failure(converge::error const& failed, std::string const& id)
    {
        if (failed.is(converge::errc::indeterminate)) {
            ++undecided;
            return;
        }
        if (failed.is(converge::errc::unavailable))
            ++refused;
        else if (!failed.is(converge::errc::not_found))
            tell_(std::string{"unexpected: "} + failed.what());
        tell_("void " + id);
    }

    void tell_seen(std::string const& key, converge::revision at, std::uint64_t stamp)
    {
        tell_("saw " + to_string(at) + " " + key + " " + std::to_string(stamp));
    }

    void look(converge::random_bits& random)
    {
        converge::list_query query{random.uniform(2) == 0 ? "a/" : "b/"};
        query.limit = 4;
        auto const page = store_.list(std::move(query));
        for (auto const& entry : page.entries)
            tell_seen(key_in(entry.value), entry.modified, stamp_in(entry.value));
        tell_("new " + to_string(page.at));
    }

    static converge::task<> grant(workload& all, converge::random_bits& random)
    {
        auto const ttl =
            converge::duration{static_cast<std::int64_t>((10 + random.uniform(300)) * 1'000'000)};
        auto const now = all.clock_.load();
        auto const begin = converge::instant{} + converge::duration{now};
        try {
            auto const granted = co_await all.store_.grant_lease(ttl, begin);
            auto const id = static_cast<std::uint64_t>(granted);
            all.tell_("lease " + std::to_string(id) + " " + std::to_string(ttl.count()) + " " +
                      std::to_string(now));
            all.last_lease_ = id;
        } catch (converge::error const& failed) {
            (failed.is(converge::errc::unavailable) ? all.refused : all.undecided) += 1;
        }
    }

    void renew(converge::random_bits& random)
    {
        auto const last = last_lease_.load();
        auto const id = last - std::min(last, random.uniform(4));
        (void)store_.renew_lease(static_cast<converge::lease_id>(id),
                                 converge::instant{} + converge::duration{clock_.load()});
    }

    static converge::task<> housekeep(workload& all)
    {
        auto const now = all.clock_.load();
        all.tell_("tick " + std::to_string(now));
        try {
            co_await all.store_.housekeep(converge::instant{} + converge::duration{now});
        } catch (converge::error const& failed) {
            (failed.is(converge::errc::unavailable) ? all.refused : all.undecided) += 1;
        }
    }

    void compact(converge::random_bits& random)
    {
        auto const newest = store_.newest().value();
        auto const back = random.uniform(2 * options_.kept);
        store_.compact(converge::revision{newest - std::min(newest, back)});
    }

    static converge::task<> back_up(workload& all)
    {
        auto const file = all.options_.copy + std::to_string(all.copies_++);
        auto const before = to_string(all.store_.newest());
        try {
            co_await all.store_.backup(file);
            all.tell_("copied " + file + " " + before + " " + to_string(all.store_.newest()));
        } catch (converge::error const& failed) {
            if (!failed.is(converge::errc::unavailable))
                all.tell_(std::string{"unexpected: "} + failed.what());
        }
    }

    converge::sqlite_store& store_;
    teller tell_;
    workload_options options_;
    std::atomic<std::uint64_t> next_id_;
    std::atomic<std::int64_t> clock_;
    std::atomic<std::uint64_t> last_lease_ = 0;
    std::atomic<std::size_t> copies_ = 0;
    std::atomic<bool> stopped_ = false;
};

} // namespace store_test
