// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `observe`: what a running program says about itself.
///
/// Log records go through a `logger`, a cheap value, to a `log_sink`. Counters, gauges and
/// histograms belong to a `metrics_registry`, which prints them for Prometheus. An
/// `event_recorder` decides which facts about objects are worth writing as events. A
/// `reconcile_history` answers why something ran, or does not. All of them are silent by default,
/// cost next to nothing when nobody looks, and read no clock.

#include <converge/core/fwd.hpp>

namespace converge {

enum class log_level;
class log_field;
struct log_record;
class log_sink;
class logger;
class text_sink;
class memory_sink;
class level_filter;

class metric_labels;
class counter;
class gauge;
class histogram;
class metrics_registry;

enum class event_write;
struct event_fact;
struct event_record;
struct event_limits;
class event_recorder;

struct reconcile_record;
struct explanation;
class reconcile_history;

} // namespace converge
