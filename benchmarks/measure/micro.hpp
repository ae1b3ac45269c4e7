// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/report.hpp"
#include "measure/settings.hpp"

#include <benchmark/benchmark.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bench {

using measured = std::function<void(benchmark::State&)>;

/// An operation and the plain one that it is compared with, both for Google Benchmark.
struct micro {
    std::string name;
    std::string unit;
    measured ours;
    std::string limit;
    measured plain;
    /// How many operations one iteration is.
    double operations = 1;
    /// The iterations time themselves, by `processor_seconds`.
    bool manual = false;
    std::optional<double> at_most{};
    std::optional<double> ratio_at_most{};
};

/// Measures the processor time of all several times, in an order drawn by chance so that a slow
/// moment of the machine hits them alike, and reports the medians.
void run_micros(std::vector<micro> const& all, settings const& how, report& into);

} // namespace bench
