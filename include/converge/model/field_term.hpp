// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <string>

namespace converge {

enum class field_operator { equals, not_equals };

/// One comparison of a field selector: the text of the field at `path` is, or is not, `value`.
struct field_term {
    std::string path{};
    field_operator op = field_operator::equals;
    std::string value{};

    /// `spec.nodeName=n1`, `spec.nodeName!=n1`.
    [[nodiscard]] CONVERGE_DECL std::string str() const;

    friend bool operator==(field_term const&, field_term const&) = default;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/model/impl/field_term.ipp>
#endif
