// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <thread>

namespace converge::detail {

/// Lets other threads that are ready have the processor, if there are any.
inline void give_way() noexcept { std::this_thread::yield(); }

} // namespace converge::detail
