// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

namespace converge {

enum class field_operator { equals, not_equals };

/// One comparison of a field selector: the text of the field at `path` is, or is not, `value`.
struct field_term {
    std::string path{};
    field_operator op = field_operator::equals;
    std::string value{};

    /// `spec.nodeName=n1`, `spec.nodeName!=n1`.
    [[nodiscard]] std::string str() const
    {
        std::string text = path + (op == field_operator::equals ? "=" : "!=");
        for (char const c : value) {
            if (std::string_view{"\\,="}.find(c) != std::string_view::npos)
                text += '\\';
            text += c;
        }
        return text;
    }

    friend bool operator==(field_term const&, field_term const&) = default;
};

} // namespace converge
