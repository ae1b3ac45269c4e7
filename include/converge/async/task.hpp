// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

namespace converge {

/// A coroutine that someone awaits. Lazy: it starts when awaited or spawned, and runs on the
/// executor of the coroutine that awaits it. Dropping a task that has not started runs nothing.
template <class T = void>
using task = boost::asio::awaitable<T>;

/// Where a coroutine runs.
using executor = boost::asio::any_io_executor;

namespace this_coro = boost::asio::this_coro;

} // namespace converge
