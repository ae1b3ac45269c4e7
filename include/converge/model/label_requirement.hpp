// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <compare>
#include <map>
#include <string>
#include <vector>

namespace converge {

/// `a=b` is `in` with one value, `a!=b` is `not_in` with one value.
enum class label_operator { in, not_in, exists, does_not_exist };

/// One condition on the labels of an object.
struct label_requirement {
    std::string key{};
    label_operator op = label_operator::exists;
    /// Sorted, without duplicates.
    std::vector<std::string> values{};

    /// An object without the label satisfies `not_in` and `does_not_exist`.
    [[nodiscard]] CONVERGE_DECL bool
    matches(std::map<std::string, std::string> const& labels) const;

    /// `a=b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`.
    [[nodiscard]] CONVERGE_DECL std::string str() const;

    auto operator<=>(label_requirement const&) const = default;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/model/impl/label_requirement.ipp>
#endif
