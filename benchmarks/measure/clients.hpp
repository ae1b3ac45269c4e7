// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/sample.hpp"

#include <converge/async/task.hpp>

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <vector>

namespace bench {

/// What clients reached that wait for each answer before they ask again.
struct answers {
    std::size_t count = 0;
    double seconds = 0;
    /// Of each answer, in microseconds.
    std::vector<double> latencies;

    [[nodiscard]] double per_second() const { return static_cast<double>(count) / seconds; }
};

/// One request of the client with that number, and the wait for its answer.
using request = std::function<converge::task<>(std::size_t client)>;

/// Runs that many clients, coroutines on this thread, for about `span`; ends with the last answer.
/// @throws what a request threw.
[[nodiscard]] answers run_clients(boost::asio::io_context& context, std::size_t clients,
                                  steady::duration span, request const& ask);

} // namespace bench
