// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace converge {

/// How a quantity prints; its value does not depend on it.
enum class quantity_format {
    /// Powers of ten by suffix: `500m`, `2`, `3k`.
    decimal_si,
    /// Powers of two by suffix: `4Gi`.
    binary_si,
    /// Powers of ten by exponent: `2e3`.
    decimal_exponent,
};

} // namespace converge
