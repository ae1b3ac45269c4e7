// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/detail/object_cache.hpp>
#include <converge/client/detail/pin_table.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace converge::detail {

/// Keeps what a cache shows now for a reader on any thread, and the cache itself. Neither waits
/// for the writer nor makes it wait.
class pinned_state {
public:
    explicit pinned_state(std::shared_ptr<object_cache const> of)
        : of_{std::move(of)},
          place_{&of_->pins_.claim()}
    {
        // After the claim, in the one order of both: see pin_table.
        auto const* const newest = of_->current_.load();
        state_ = newest != nullptr ? newest : &object_cache::empty_state();
        auto const number = newest != nullptr ? newest->number : pin_table::latest;
        place_->store(number, std::memory_order_release);
    }
    pinned_state(pinned_state const& other)
        : of_{other.of_},
          place_{&of_->pins_.claim(other.demand())},
          state_{other.state_}
    {}
    pinned_state(pinned_state&& other) noexcept
        : of_{std::move(other.of_)},
          place_{std::exchange(other.place_, nullptr)},
          state_{std::exchange(other.state_, nullptr)}
    {}
    pinned_state& operator=(pinned_state other) noexcept
    {
        std::swap(of_, other.of_);
        std::swap(place_, other.place_);
        std::swap(state_, other.state_);
        return *this;
    }
    ~pinned_state()
    {
        if (place_ != nullptr)
            pin_table::release(*place_);
    }

    [[nodiscard]] cache_state const& operator*() const noexcept { return *state_; }
    [[nodiscard]] cache_state const* operator->() const noexcept { return state_; }

private:
    [[nodiscard]] pin_table::number demand() const noexcept
    {
        return place_->load(std::memory_order_relaxed);
    }

    std::shared_ptr<object_cache const> of_;
    pin_table::place* place_;
    cache_state const* state_ = nullptr;
};

} // namespace converge::detail
