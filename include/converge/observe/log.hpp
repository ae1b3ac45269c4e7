// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// All of structured logging: `logger`, `log_sink`, `text_sink`, `memory_sink`, `level_filter`.

#include <converge/observe/level_filter.hpp>
#include <converge/observe/log_record.hpp>
#include <converge/observe/log_sink.hpp>
#include <converge/observe/logger.hpp>
#include <converge/observe/memory_sink.hpp>
#include <converge/observe/text_sink.hpp>
