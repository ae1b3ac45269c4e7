// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "queue_model.hpp"

#include <converge/work/queue.hpp>
#include <converge/work/random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace guarantees {

using converge::cause_kind;
using queue = converge::keyed_queue<int>;

/// Random operations, in virtual time, on a queue and on the model of it. Everything that can be
/// seen of both is compared after every step.
class queue_trial {
public:
    /// What to draw operations from: how often each, of their sum.
    struct mix {
        unsigned add = 25;
        unsigned add_at = 10;
        unsigned debounce = 5;
        unsigned take = 25;
        unsigned finish = 25;
        unsigned cancel = 3;
        unsigned advance = 3;
        unsigned forget = 2;
        unsigned done = 2;
    };

    static constexpr int keys = 12;

    explicit queue_trial(std::uint64_t seed)
        : chance_{seed},
          tenants_{static_cast<int>(chance_.uniform(4))},
          yield_every_{std::array{8u, 1u, 2u, 3u, 0u}[chance_.uniform(5)]},
          real_{options()},
          model_{yield_every_, tenants_}
    {}

    /// One operation. @returns whether the two agree.
    bool step(mix const& of)
    {
        int const key = static_cast<int>(chance_.uniform(keys));
        int const priority = static_cast<int>(chance_.uniform(3)) - 1;
        duration const delay{chance_.uniform(50)};
        now_ += duration{chance_.uniform(4)};
        auto const choice = choose(of);
        bool same = true;
        if (choice == 0) {
            same = real_.add(key, cause_kind::changed, priority) == model_.add(key, priority);
        } else if (choice == 1) {
            bool const replace = chance_.uniform(3) == 0;
            real_.add_at(key, cause_kind::requeue, now_ + delay, priority,
                         replace ? converge::delay_mode::replace : converge::delay_mode::earliest);
            model_.add_at(key, now_ + delay, priority, replace);
        } else if (choice == 2) {
            duration const most{chance_.uniform(100)};
            real_.add_debounced(key, cause_kind::watched, now_, delay, most, priority);
            model_.add_debounced(key, now_, delay, most, priority);
        } else if (choice == 3) {
            same = take().has_value() || agreed_;
        } else if (choice == 4) {
            finish_one(delay);
        } else if (choice == 5) {
            same = real_.cancel_delayed(key) == model_.cancel(key);
        } else if (choice == 6) {
            real_.advance(now_);
            model_.advance(now_);
        } else if (choice == 7) {
            forget(key);
        } else {
            finish(key);
        }
        return same && agreed_ && agree();
    }

    bool steps(int count, mix const& of)
    {
        for (int i = 0; i < count; ++i)
            if (!step(of))
                return false;
        return true;
    }

    /// Takes from both. @returns what came out, if they agree on it and anything did.
    std::optional<queue::taken> take()
    {
        model_.advance(now_);
        auto const causes = model_.slots;
        auto run = real_.take(now_);
        auto const expected = model_.take(now_);
        agreed_ = agreed_ && run.has_value() == expected.has_value();
        if (!run || !expected)
            return std::nullopt;
        auto const& at = model_.slots[*expected];
        agreed_ = agreed_ && run->key == *expected && run->priority == at.running_priority &&
                  run->attempt == at.attempts &&
                  run->causes.count() == causes.at(*expected).causes &&
                  busy_.insert(run->key).second;
        return run;
    }

    void finish(int key)
    {
        real_.done(key);
        model_.done(key);
        busy_.erase(key);
    }

    /// Ends one of the runs, in success, failure or neither.
    void finish_one(duration delay)
    {
        if (busy_.empty())
            return;
        auto const nth = static_cast<std::ptrdiff_t>(chance_.uniform(busy_.size()));
        int const key = *std::next(busy_.begin(), nth);
        auto const how = chance_.uniform(3);
        if (how == 0) {
            real_.retry(key, cause_kind::retry, now_, delay);
            model_.retry(key, now_, delay);
        } else if (how == 1) {
            forget(key);
        }
        finish(key);
    }

    void forget(int key)
    {
        real_.forget(key);
        model_.slots[key].attempts = 0;
    }

    void stop(converge::stop_mode mode)
    {
        real_.stop(mode);
        model_.stop(mode == converge::stop_mode::drop);
    }

    /// Whether all that can be seen of the two is the same.
    [[nodiscard]] bool agree() const
    {
        using slot = queue_model::slot;
        std::optional<instant> due;
        for (auto const& [key, at] : model_.slots) {
            if (at.waits && !at.busy && (!due || at.due() < *due))
                due = at.due();
            // Attempts mean nothing once nothing can be added.
            if (!real_.stopped() && real_.attempts(key) != at.attempts)
                return false;
        }
        auto const delayed = model_.count([](slot const& at) { return at.waits && !at.busy; });
        auto const ready = model_.count([](slot const& at) { return at.can_be_taken(); });
        auto const busy = model_.count([](slot const& at) { return at.busy; });
        return agreed_ && real_.next_due() == due && real_.delayed() == delayed &&
               real_.ready() == ready && real_.processing() == busy &&
               real_.idle() == (delayed + ready + busy == 0);
    }

    [[nodiscard]] queue& real() noexcept { return real_; }
    [[nodiscard]] queue_model& model() noexcept { return model_; }
    [[nodiscard]] std::set<int> const& busy() const noexcept { return busy_; }
    [[nodiscard]] instant now() const noexcept { return now_; }
    [[nodiscard]] converge::random_bits& chance() noexcept { return chance_; }
    void pass(duration time) { now_ += time; }

private:
    [[nodiscard]] converge::queue_options<int> options() const
    {
        static constexpr std::string_view names = "abcdef";
        converge::queue_options<int> made;
        made.yield_every = yield_every_;
        if (tenants_ == 0)
            return made;
        made.tenant_of = [count = tenants_](int key) {
            return names.substr(static_cast<std::size_t>(key % count), 1);
        };
        made.weight_of = [](std::string_view name) {
            return queue_model::weight(static_cast<int>(names.find(name)));
        };
        return made;
    }

    [[nodiscard]] unsigned choose(mix const& of)
    {
        std::array const parts{of.add,    of.add_at,  of.debounce, of.take, of.finish,
                               of.cancel, of.advance, of.forget,   of.done};
        unsigned sum = 0;
        for (auto const part : parts)
            sum += part;
        auto drawn = static_cast<unsigned>(chance_.uniform(sum));
        unsigned which = 0;
        while (drawn >= parts[which])
            drawn -= parts[which++];
        return which;
    }

    converge::random_bits chance_;
    int tenants_;
    unsigned yield_every_;
    queue real_;
    queue_model model_;
    std::set<int> busy_;
    instant now_{};
    bool agreed_ = true;
};

} // namespace guarantees
