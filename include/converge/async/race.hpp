// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace converge {

namespace detail {

template <class T>
task<> store_result(task<T> body, std::optional<T>& into)
{
    into = co_await std::move(body);
}

} // namespace detail

/// Runs two tasks until the first ends, however it ends; the other is cancelled and awaited.
/// @returns 0 or 1: which ended first. @throws what that one threw.
/// @par Cancellation  Both were cancelled and have ended.
[[nodiscard]] CONVERGE_DECL task<std::size_t> race(task<> first, task<> second);

/// Runs `service` for as long as `goal` needs it: until `goal` ends, or `service` fails.
/// The other is cancelled and awaited. @throws what `goal`, or `service` before it, threw.
/// @par Cancellation  Both were cancelled and have ended.
/// @par Example       examples/01_hello.cpp
[[nodiscard]] CONVERGE_DECL task<> until(task<> goal, task<> service);

/// As above, and returns what `goal` returned.
template <class T>
[[nodiscard]] task<T> until(task<T> goal, task<> service)
{
    std::optional<T> value;
    co_await until(detail::store_result(std::move(goal), value), std::move(service));
    co_return std::move(*value);
}

/// Runs `body` for at most `limit`.
/// @throws errc::timed_out if it took longer; it was cancelled and has ended.
[[nodiscard]] CONVERGE_DECL task<> deadline(task<> body, duration limit);

/// As above, and returns what `body` returned.
template <class T>
[[nodiscard]] task<T> deadline(task<T> body, duration limit)
{
    std::optional<T> value;
    co_await deadline(detail::store_result(std::move(body), value), limit);
    co_return std::move(*value);
}

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/async/impl/race.ipp>
#endif
