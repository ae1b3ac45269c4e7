// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `work`: pure decisions about what runs when.
///
/// A reconciler returns an `outcome`; `keyed_queue` says which key runs next and `cause_set` why;
/// `backoff_policy` and `token_bucket` say how long to wait. Time is an argument (`now`) and
/// chance a number that the caller drew from `random_bits`, so that every decision can be
/// repeated exactly. Nothing here waits, locks, or knows Asio.

#include <converge/core/fwd.hpp>

namespace converge {

class outcome;
class cause;
class cause_set;
class token_bucket;
class random_bits;
struct backoff_policy;
enum class stop_mode;
enum class delay_mode;

} // namespace converge
