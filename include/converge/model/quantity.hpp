// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>
#include <converge/model/detail/quantity_nanos.hpp>
#include <converge/model/quantity_format.hpp>

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace converge {

/// An amount of a resource, exact to a billionth: `500m` of a CPU, `4Gi` of memory.
///
/// Covers the range of 64-bit integers in whole units. Sums and differences that leave the
/// range stop at its end, so that a limit never wraps round to a small number. Compares by
/// value: `500m` equals `0.5`, whatever their formats.
class quantity {
public:
    /// Zero.
    constexpr quantity() = default;

    /// Reads a signed decimal number and a suffix: `n u m k M G T P E` (powers of ten),
    /// `Ki Mi Gi Ti Pi Ei` (powers of two), or an exponent (`2e3`, `2E3`). Parts of a billionth
    /// are rounded away from zero: a request for a little is not a request for nothing.
    /// Errors: `errc::invalid`, naming the text, for any other text and for values out of range.
    [[nodiscard]] CONVERGE_DECL static result<quantity> parse(std::string_view text);

    /// Whole units, printed with decimal suffixes.
    [[nodiscard]] static constexpr quantity of(std::int64_t units) noexcept
    {
        return quantity{{units * detail::nanos_per_unit, quantity_format::decimal_si}};
    }

    /// Thousandths of a unit, printed with decimal suffixes.
    [[nodiscard]] static constexpr quantity of_milli(std::int64_t thousandths) noexcept
    {
        return quantity{
            {thousandths * (detail::nanos_per_unit / 1000), quantity_format::decimal_si}};
    }

    /// Whole units, printed with binary suffixes.
    [[nodiscard]] static constexpr quantity bytes(std::int64_t count) noexcept
    {
        return quantity{{count * detail::nanos_per_unit, quantity_format::binary_si}};
    }

    /// The canonical text: no fraction, and the largest suffix that keeps the value exact.
    /// `1000m` prints as `1`, `0.5` as `500m`, `1024Mi` as `1Gi`. Binary quantities below 1024
    /// or with a fraction print with decimal suffixes.
    [[nodiscard]] CONVERGE_DECL std::string str() const;

    [[nodiscard]] constexpr quantity_format format() const noexcept { return parts_.format; }
    [[nodiscard]] constexpr bool is_zero() const noexcept { return parts_.value == 0; }

    /// -1, 0 or 1.
    [[nodiscard]] constexpr int sign() const noexcept
    {
        return parts_.value < 0 ? -1 : parts_.value > 0 ? 1 : 0;
    }

    /// In whole units, rounded away from zero.
    [[nodiscard]] constexpr std::int64_t value() const noexcept
    {
        return scaled(detail::nanos_per_unit);
    }

    /// In thousandths of a unit, rounded away from zero; the nearest 64-bit integer if that is
    /// out of range.
    [[nodiscard]] constexpr std::int64_t milli() const noexcept
    {
        return scaled(detail::nanos_per_unit / 1000);
    }

    /// The sum takes the right side's format if the left side is zero, else keeps its own.
    constexpr quantity& operator+=(quantity const& other) noexcept
    {
        return add(other.parts_.value, other.parts_.format);
    }
    /// Formats as for `+=`.
    constexpr quantity& operator-=(quantity const& other) noexcept
    {
        return add(-other.parts_.value, other.parts_.format);
    }

    [[nodiscard]] friend constexpr quantity operator+(quantity left, quantity const& right) noexcept
    {
        return left += right;
    }
    [[nodiscard]] friend constexpr quantity operator-(quantity left, quantity const& right) noexcept
    {
        return left -= right;
    }
    [[nodiscard]] friend constexpr quantity operator-(quantity const& of) noexcept
    {
        return quantity{} - of;
    }

    [[nodiscard]] friend constexpr bool operator==(quantity const& left,
                                                   quantity const& right) noexcept
    {
        return left.parts_.value == right.parts_.value;
    }
    [[nodiscard]] friend constexpr std::weak_ordering operator<=>(quantity const& left,
                                                                  quantity const& right) noexcept
    {
        return left.parts_.value < right.parts_.value   ? std::weak_ordering::less
               : left.parts_.value > right.parts_.value ? std::weak_ordering::greater
                                                        : std::weak_ordering::equivalent;
    }

private:
    explicit constexpr quantity(detail::quantity_parts parts) noexcept : parts_{parts} {}

    constexpr quantity& add(detail::nanos amount, quantity_format other) noexcept
    {
        if (is_zero())
            parts_.format = other;
        parts_.value = detail::clamped(parts_.value + amount, detail::nanos_min, detail::nanos_max);
        return *this;
    }

    [[nodiscard]] constexpr std::int64_t scaled(detail::nanos step) const noexcept
    {
        using limits = std::numeric_limits<std::int64_t>;
        return static_cast<std::int64_t>(
            detail::clamped(detail::divide_away(parts_.value, step), limits::min(), limits::max()));
    }

    detail::quantity_parts parts_{};
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/model/impl/quantity.ipp>
#endif
