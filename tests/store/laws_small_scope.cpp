// SPDX-License-Identifier: BSL-1.0
#include <converge/store/any_store.hpp>

#include "watch_log.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Two writers, two watchers and a compactor, in every order of their steps.

using namespace converge;
using namespace store_test;

namespace {

class watching {
public:
    watching(std::string prefix, std::size_t batch_max)
    {
        log_.prefix = std::move(prefix);
        log_.batch_max = batch_max;
    }

    void open(session& user, revision after)
    {
        log_.after = after;
        stream_ = user.watch(log_.prefix, after, log_.batch_max);
        pending_ = user.start(*stream_);
    }

    /// Takes what was delivered so far, if anything, and stops waiting.
    void take(session& user, revision window)
    {
        user.poll();
        if (!pending_->done)
            user.cancel(*pending_);
        user.wait(*pending_);
        if (pending_->batch)
            log_.add(*pending_->batch);
        else if (!aborted(*pending_))
            gone_rightly_ = stream_->through().next() < window;
    }

    /// Reads to the end. @returns whether all is as it must be.
    bool conclude(session& user, store_model const& model, revision window)
    {
        bool const lost = stream_->through().next() < window;
        bool gone = false;
        try {
            while (auto const batch = user.ready(*stream_))
                log_.add(*batch);
        } catch (error const& failed) {
            gone = failed.is(errc::gone);
        }
        return gone == lost && gone_rightly_ && agrees(log_, model) &&
               (gone || stream_->through() == model.newest());
    }

private:
    watch_log log_;
    std::unique_ptr<watch_stream> stream_;
    std::shared_ptr<pending_next> pending_;
    bool gone_rightly_ = true;
};

class small_world {
public:
    enum actor { swapper, overwriter, early_watcher, late_watcher, compactor, actors };

    /// Its keys are its own, so that many may share a store.
    small_world(store_under_test& opened, session& user, int number)
        : opened_{opened},
          user_{user},
          space_{"w" + std::to_string(number) + "/"},
          begin_{user.newest()},
          model_{begin_},
          early_{space_, 512},
          late_{space_ + "x", 1}
    {}

    void step(actor who)
    {
        bool const first = ++steps_[who] == 1;
        switch (who) {
        case swapper: first ? read() : swap(); break;
        case overwriter:
            commit({}, {{space_ + "x", first ? std::optional{2} : std::nullopt}});
            break;
        case early_watcher:
            first ? early_.open(user_, begin_) : early_.take(user_, opened_.compacted());
            break;
        case late_watcher: late_.open(user_, user_.newest()); break;
        case compactor: opened_.compact(user_.newest()); break;
        case actors: break;
        }
    }

    [[nodiscard]] bool conclude()
    {
        auto const window = opened_.compacted();
        late_.take(user_, window);
        right_ = early_.conclude(user_, model_, window) && right_;
        right_ = late_.conclude(user_, model_, window) && right_;
        return right_ && to_model(user_.list(space_)) == model_.list(space_, model_.newest());
    }

private:
    void read() { seen_ = to_model(user_.get(space_ + "x")); }

    void swap()
    {
        commit({seen_ ? compare::modified_at(space_ + "x", seen_->modified)
                      : compare::absent(space_ + "x")},
               {{space_ + "x", 1}, {space_ + "y", 1}});
    }

    void commit(std::vector<compare> conditions, std::vector<model_write> const& writes)
    {
        bool const expected = model_.holds(conditions, model_.newest());
        if (expected)
            model_.apply(writes);
        transaction wanted;
        wanted.conditions = std::move(conditions);
        wanted.then = to_operations(writes);
        auto const outcome = user_.commit(std::move(wanted));
        right_ = right_ && outcome.succeeded == expected && outcome.at == model_.newest();
    }

    store_under_test& opened_;
    session& user_;
    std::string space_;
    revision begin_;
    store_model model_;
    watching early_;
    watching late_;
    std::array<int, actors> steps_{};
    std::optional<model_entry> seen_;
    bool right_ = true;
};

} // namespace

TEST_CASE("two writers, two watchers and a compactor agree with the model in every order of their "
          "steps")
{
    for_every_store(
        [](store_under_test& opened) {
            using enum small_world::actor;
            std::vector<small_world::actor> order{swapper,       swapper,       overwriter,
                                                  overwriter,    early_watcher, early_watcher,
                                                  late_watcher,  compactor};
            session user{opened.store()};
            int orders = 0;
            int wrong = 0;
            do {
                // A commit to disk takes so much longer that a part of the orders must do.
                if (++orders % (opened.durable() ? 7 : 1) != 0)
                    continue;
                small_world world{opened, user, orders};
                for (auto const who : order)
                    world.step(who);
                wrong += world.conclude() ? 0 : 1;
            } while (std::ranges::next_permutation(order).found);
            CHECK(orders == 5'040);
            CHECK(wrong == 0);
        },
        64);
}
