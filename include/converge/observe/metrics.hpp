// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// All of metrics: `counter`, `gauge`, `histogram`, `metric_labels`, `metrics_registry`.

#include <converge/observe/counter.hpp>
#include <converge/observe/gauge.hpp>
#include <converge/observe/histogram.hpp>
#include <converge/observe/metric_labels.hpp>
#include <converge/observe/metrics_registry.hpp>
