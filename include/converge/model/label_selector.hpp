// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>
#include <converge/model/label_requirement.hpp>
#include <converge/model/label_selector_spec.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace converge {

/// Chooses objects by their labels: every requirement must hold, so that the empty selector
/// chooses all.
///
/// Regular value, kept in canonical order: two texts that ask for the same requirements give
/// equal selectors and one `str()`.
class label_selector {
public:
    /// Matches everything.
    label_selector() = default;

    /// Reads `a=b,c!=d,e in (x,y),f notin (z),g,!h`; `==` is `=`, spaces are free.
    /// Error: `errc::invalid` naming the text, the position and what should stand there.
    [[nodiscard]] CONVERGE_DECL static result<label_selector> parse(std::string_view text);

    /// Chooses objects that have all of `labels`.
    /// @pre Keys and values are valid in labels; use `compile` for those that nobody checked.
    [[nodiscard]] CONVERGE_DECL static label_selector
    equals(std::map<std::string, std::string> const& labels);

    /// Chooses objects that meet all of `requirements`, whose values may be in any order.
    /// @pre As for `equals`; `in` and `not_in` have values, the others none.
    CONVERGE_DECL explicit label_selector(std::vector<label_requirement> requirements);

    /// Linear in the requirements, logarithmic in the labels.
    [[nodiscard]] CONVERGE_DECL bool
    matches(std::map<std::string, std::string> const& labels) const;

    /// Whether it matches everything because it asks for nothing.
    [[nodiscard]] bool empty() const noexcept { return requirements_.empty(); }
    [[nodiscard]] std::vector<label_requirement> const& requirements() const noexcept
    {
        return requirements_;
    }

    /// The canonical text; `parse` of it gives this selector.
    [[nodiscard]] CONVERGE_DECL std::string str() const;

    friend bool operator==(label_selector const&, label_selector const&) = default;

private:
    std::vector<label_requirement> requirements_;
};

/// The selector that `from` describes.
/// Error: `errc::invalid` with the path of the offending member below `from`.
[[nodiscard]] CONVERGE_DECL result<label_selector> compile(label_selector_spec const& from);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/model/impl/label_selector.ipp>
#endif
