// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/sleep.hpp>
#include <converge/async/task.hpp>
#include <converge/core/failure.hpp>
#include <converge/testing/detail/fault_source.hpp>

#include <boost/asio/execution_context.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace converge::testing {

/// Lets a simulation disturb a call to the outside, in the fake that stands for it: the call is
/// slow, fails before it has any effect (errc::unavailable), or is done and its answer is lost
/// (errc::timed_out). Call it first, and `outside_answer` when the effect is there:
///
///     task<> fake_cloud::create(std::string name)
///     {
///         co_await outside("cloud.create " + name);
///         machines.insert(name);
///         co_await outside_answer("cloud.create " + name);
///     }
///
/// Anywhere but in a plane of a simulation they return at once: in a user's script or an
/// environment, which no fault touches, too.
[[nodiscard]] inline task<> outside(std::string call)
{
    auto const where = co_await this_coro::executor;
    auto* const faults = detail::faults_of(where);
    if (faults == nullptr)
        co_return;
    using namespace std::chrono_literals;
    auto const slow = faults->fires(fault_kind::slow_call, call);
    if (slow)
        co_await sleep_for(slow->span(1s, 30s));
    if (faults->fires(fault_kind::refused_call, call))
        throw error{errc::unavailable, call + ": refused, and nothing was done"};
}

/// See `outside`.
[[nodiscard]] inline task<> outside_answer(std::string call)
{
    auto const where = co_await this_coro::executor;
    auto* const faults = detail::faults_of(where);
    if (faults == nullptr || !faults->fires(fault_kind::lost_call_answer, call))
        co_return;
    using namespace std::chrono_literals;
    co_await sleep_for(5s);
    throw error{errc::timed_out, call + ": no answer; it may have been done all the same"};
}

} // namespace converge::testing
