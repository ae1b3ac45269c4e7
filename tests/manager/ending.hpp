// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the tests of whole control planes share.

#include <controller/simulation.hpp>

namespace control_test {

using converge::instant;

/// When a task ended, and how.
struct ending {
    std::optional<instant> at;
    std::exception_ptr failure;
};

inline task<> watch_end(ending& into, task<> body)
{
    try {
        co_await std::move(body);
    } catch (...) {
        into.failure = std::current_exception();
    }
    into.at = co_await converge::now();
}

} // namespace control_test
