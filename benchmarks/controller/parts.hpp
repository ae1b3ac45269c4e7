// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/report.hpp"
#include "measure/settings.hpp"

/// @file
/// The parts of this benchmark, in the order in which they run.

namespace bench {

/// Reconciles a second, of reconcilers that do nothing, copy, or write a status.
void measure_reconciles(settings const& how, report& into);
/// From nothing to every key listed, cached, queued and reconciled once.
void measure_cold_start(settings const& how, report& into);
/// From a commit to the begin of the reconcile that it causes.
void measure_latency(settings const& how, report& into);
/// A hello controller that has nothing to do.
void measure_idle(settings const& how, report& into);

} // namespace bench
