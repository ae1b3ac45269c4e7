// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>

#include <algorithm>

namespace converge {

/// The three answers of a reconciler.
enum class outcome_kind {
    /// Nothing to do until something changes.
    settled,
    /// Run again after `outcome::delay()`, or sooner if something changes.
    again_in,
    /// Run again after the backoff of the controller.
    again,
};

/// What a reconciler returns: when its key wants to run next. Made by `settled()`, `again_in()`
/// and `again()`; a reconciler that fails throws instead, which retries with backoff.
class [[nodiscard]] outcome {
public:
    /// `settled()`. Exists because a coroutine's result must be constructible before it is known;
    /// explicit, so that `co_return {}` does not mean anything by accident.
    explicit constexpr outcome() noexcept = default;

    [[nodiscard]] constexpr outcome_kind kind() const noexcept { return kind_; }

    /// Zero unless `kind()` is `again_in`; never negative.
    [[nodiscard]] constexpr duration delay() const noexcept { return delay_; }

    friend constexpr bool operator==(outcome const&, outcome const&) = default;

private:
    explicit constexpr outcome(outcome_kind kind, duration delay = duration::zero()) noexcept
        : kind_{kind},
          delay_{delay}
    {}

    friend constexpr outcome settled() noexcept;
    friend constexpr outcome again_in(duration delay) noexcept;
    friend constexpr outcome again() noexcept;

    outcome_kind kind_ = outcome_kind::settled;
    duration delay_{};
};

/// The object is as desired, or will announce its progress by changing. Resets the backoff.
constexpr outcome settled() noexcept { return outcome{outcome_kind::settled}; }

/// Run again after `delay` at the latest: a change may run the key sooner, and then this request
/// is used up. Resets the backoff. A negative delay is zero.
constexpr outcome again_in(duration delay) noexcept
{
    return outcome{outcome_kind::again_in, std::max(delay, duration::zero())};
}

/// Not done, and no better idea of when than the backoff; counts as a failed attempt for the
/// delay, but not as an error.
constexpr outcome again() noexcept { return outcome{outcome_kind::again}; }

} // namespace converge
