// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/report.hpp"
#include "measure/settings.hpp"

/// @file
/// The parts of this benchmark, in the order in which they run.

namespace bench {

/// Bytes for each key that waits, and what a steady state allocates.
void measure_memory(settings const& how, report& into);
/// What one operation costs one thread.
void measure_operations(settings const& how, report& into);
/// Producers and workers on threads of their own.
void measure_threads(settings const& how, report& into);
/// Keys that wait for their time.
void measure_delays(settings const& how, report& into);

} // namespace bench
