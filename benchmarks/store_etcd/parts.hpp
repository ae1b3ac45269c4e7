// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "subjects.hpp"

#include "measure/report.hpp"
#include "measure/settings.hpp"

/// @file
/// The parts of this benchmark, in the order in which they run.

namespace bench {

void measure_puts(subjects& of, settings const& how, report& into);
/// From the begin of a put until a watcher has its event.
void measure_put_to_watch(subjects& of, settings const& how, report& into);
void measure_lists(subjects& of, settings const& how, report& into);

} // namespace bench
