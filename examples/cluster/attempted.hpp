// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/core/result.hpp>

#include <optional>
#include <utility>

namespace cluster {

/// Awaits a call of the api, for those who must branch on its refusal.
/// @returns what the call returned, or why it was refused.
template <class T>
[[nodiscard]] converge::task<converge::result<T>> attempted(converge::task<T> call)
{
    std::optional<converge::failure> refused;
    T answer{};
    try {
        answer = co_await std::move(call);
    } catch (converge::error const& failed) {
        refused = failed.reason();
    }
    if (refused)
        co_return *refused;
    co_return answer;
}

} // namespace cluster
