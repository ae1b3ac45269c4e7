// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/micro.hpp"
#include "measure/report.hpp"
#include "measure/settings.hpp"

#include <vector>

/// @file
/// The parts of this benchmark, in the order in which they run.

namespace bench {

struct shared_beds;

/// Bytes for each key beside the object.
void measure_footprint(settings const& how, report& into);
/// What one write or read of the memory store costs.
std::vector<micro> memory_writes(shared_beds const& in);
std::vector<micro> memory_reads(shared_beds const& in);
/// From a commit to a coroutine on another thread.
void measure_watch_latency(settings const& how, report& into);
void measure_fan_out(settings const& how, report& into);
/// Durable writes beside what the disk can do.
void measure_durable_writes(settings const& how, report& into);
/// Opening the file of many objects.
void measure_restart(settings const& how, report& into);

} // namespace bench
