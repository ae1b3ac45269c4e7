// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

/// The bounds of converge that are not options.
namespace converge::limits {

/// How often a write that names no revision is tried again when others change the object.
inline constexpr unsigned write_attempts = 16;

/// The largest JSON text that is parsed, in bytes: what a Kubernetes API server accepts.
inline constexpr std::size_t document_bytes = 3u << 20;

/// The deepest nesting of a JSON text.
inline constexpr std::size_t document_depth = 64;

} // namespace converge::limits
