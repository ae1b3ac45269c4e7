// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace converge {

/// One place where two documents differ.
struct difference {
    /// `spec.containers[1].image`; empty for the whole document.
    std::string path{};
    /// Nothing if the value was added.
    std::optional<boost::json::value> before{};
    /// Nothing if the value was removed.
    std::optional<boost::json::value> after{};

    friend bool operator==(difference const&, difference const&) = default;
};

/// `spec.replicas: 1 -> 3`, `spec.image: added "web:2"`, `spec.paused: removed true`; long
/// values are cut. Values may be secrets: do not log differences of objects that hold them.
[[nodiscard]] CONVERGE_DECL std::string to_string(difference const& of);

/// One line for each difference.
[[nodiscard]] CONVERGE_DECL std::string to_string(std::span<difference const> all);

/// Where two documents differ, at the deepest places that do. Array elements are compared by
/// position; the order of members does not count, nor the spelling of a number (`1`, `1.0`).
/// @par Complexity  Linear in the size of the documents.
[[nodiscard]] CONVERGE_DECL std::vector<difference> diff(boost::json::value const& before,
                                                         boost::json::value const& after);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/diff.ipp>
#endif
