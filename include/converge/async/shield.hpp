// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/race.hpp>
#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>

#include <optional>
#include <utility>

namespace converge {

/// Runs `body` to its end even if this coroutine is cancelled meanwhile; the cancellation is
/// then seen at the next await. A coroutine that is cancelled already does not start `body`:
/// for work that must happen on the way out use `with_cleanup`.
[[nodiscard]] CONVERGE_DECL task<> shield(task<> body);

/// As above, and returns what `body` returned.
template <class T>
[[nodiscard]] task<T> shield(task<T> body)
{
    std::optional<T> value;
    co_await shield(detail::store_result(std::move(body), value));
    co_return std::move(*value);
}

/// Runs `body`, then `cleanup`, whether `body` returned, threw or was cancelled; nothing
/// cancels `cleanup`.
/// @throws what `body` threw, else what `cleanup` threw.
[[nodiscard]] CONVERGE_DECL task<> with_cleanup(task<> body, task<> cleanup);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/async/impl/shield.ipp>
#endif
