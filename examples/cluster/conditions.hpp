// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/time_service.hpp>
#include <converge/model/condition.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace cluster {

/// A condition that holds or does not, ready for `set_condition`.
[[nodiscard]] inline converge::condition state_of(std::string type, bool holds, std::string reason,
                                                  std::string message = {})
{
    converge::condition made;
    made.type = std::move(type);
    made.status = holds ? "True" : "False";
    made.reason = std::move(reason);
    made.message = std::move(message);
    return made;
}

/// The wall clock where the awaiting coroutine runs.
[[nodiscard]] inline converge::task<converge::timestamp> wall_now()
{
    auto const where = co_await converge::this_coro::executor;
    co_return converge::time_of(where).wall_now();
}

} // namespace cluster
