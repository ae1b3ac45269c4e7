// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/race.hpp>
#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/failure.hpp>

#include <optional>
#include <string>
#include <utility>

namespace converge {

/// Runs `body` on this thread until it ends, and gives `main` its exit status: 0, or
/// 128 + the number of the signal that stopped it.
///
/// SIGINT and SIGTERM cancel `body`, and everything under it then stops in order; a second
/// signal ends the process. @throws what `body` threw, unless it was being stopped.
/// @par Example  examples/01_hello.cpp
CONVERGE_DECL int block_on(task<> body);

/// As above, and returns what `body` returned.
/// @throws errc::unavailable if a signal stopped it first.
template <class T>
T block_on(task<T> body)
{
    std::optional<T> value;
    int const status = block_on(detail::store_result(std::move(body), value));
    if (!value)
        throw error{errc::unavailable, "stopped by signal " + std::to_string(status - 128)};
    return std::move(*value);
}

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/async/impl/block_on.ipp>
#endif
