// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace converge::detail {

/// Why a parked coroutine goes on.
enum class wake_reason { notified, due, cancelled };

} // namespace converge::detail
