// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

namespace bench {

/// How often this thread has called `operator new`: this program counts.
[[nodiscard]] std::uint64_t allocations() noexcept;

/// What malloc has given out and not got back, with its own overhead, in bytes.
[[nodiscard]] double allocated_bytes() noexcept;

} // namespace bench
