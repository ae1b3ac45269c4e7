// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

#include <string>

namespace converge {

/// What went wrong, in the terms that a caller branches on.
enum class errc {
    /// No object of that kind has that namespace and name.
    not_found = 1,
    /// A create found an object of that name.
    already_exists,
    /// The object changed since the caller read it, or another manager owns the field.
    conflict,
    /// The revision or continue token asked for has left the history window.
    gone,
    /// The value was refused by decoding, validation or an admission hook.
    invalid,
    /// The revision asked for does not exist yet.
    future_revision,
    /// The store or server cannot serve now; the request had no effect.
    unavailable,
    /// No answer arrived in time; the request may or may not have had an effect.
    timed_out,
    /// A limit of this program refused the request.
    too_large,
    /// The caller may not do this.
    forbidden,
    /// The store failed under a write; it may or may not have had an effect, and will not be tried
    /// again.
    indeterminate,
    /// The operation is not offered by this implementation.
    unsupported,
    /// Retrying cannot help; a controller counts the error and waits for a change.
    terminal,
    /// The writer led once, and does no longer: the lease that its write stands on is gone or has
    /// another revision. The request had no effect.
    fenced,
};

namespace detail {

class errc_category final : public boost::system::error_category {
public:
    constexpr errc_category() noexcept : error_category{0x9ac04fe7b1d2c653} {}

    char const* name() const noexcept override { return "converge"; }

    CONVERGE_DECL std::string message(int value) const override;
};

inline constexpr errc_category errc_category_instance;

} // namespace detail

/// The category of `errc`; thread-safe, lives for the whole program.
[[nodiscard]] inline boost::system::error_category const& converge_category() noexcept
{
    return detail::errc_category_instance;
}

[[nodiscard]] inline boost::system::error_code make_error_code(errc code) noexcept
{
    return {static_cast<int>(code), converge_category()};
}

} // namespace converge

template <>
struct boost::system::is_error_code_enum<converge::errc> : std::true_type {};

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/core/impl/errc.ipp>
#endif
