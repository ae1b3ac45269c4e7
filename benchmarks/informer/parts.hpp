// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/report.hpp"
#include "measure/settings.hpp"

/// @file
/// The parts of this benchmark, in the order in which they run.

namespace bench {

/// From a list to the handlers.
void measure_sync(settings const& how, report& into);
/// From the batches of a watch to the handlers.
void measure_updates(settings const& how, report& into);
/// One writer beside readers on other threads.
void measure_readers(settings const& how, report& into);
/// Bytes for each cached object.
void measure_memory(settings const& how, report& into);

} // namespace bench
