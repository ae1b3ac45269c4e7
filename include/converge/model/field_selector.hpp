// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>
#include <converge/model/field_term.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

/// Gives the text of the field at a path, such as `spec.nodeName`, or nothing if the object has
/// no such field.
template <class F>
concept field_lookup = requires(F& lookup, std::string_view path) {
    { lookup(path) } -> std::convertible_to<std::optional<std::string>>;
};

/// Chooses objects by their fields: every term must hold, so that the empty selector chooses all.
/// Regular value; terms stay in the order in which they were written.
class field_selector {
public:
    /// Matches everything.
    field_selector() = default;
    explicit field_selector(std::vector<field_term> terms) : terms_{std::move(terms)} {}

    /// Reads `metadata.name=x,spec.nodeName!=y`; `==` is `=`. In a value, `\` stands before a
    /// `,`, `=` or `\` that is meant as itself. Whether a kind has the fields is for the api to
    /// say.
    /// Error: `errc::invalid` naming the text, the position and what should stand there.
    [[nodiscard]] CONVERGE_DECL static result<field_selector> parse(std::string_view text);

    /// An absent field is compared as an empty text, so that `spec.nodeName=` chooses what no
    /// node was given to.
    template <field_lookup F>
    [[nodiscard]] bool matches(F&& lookup) const
    {
        for (auto const& term : terms_) {
            std::optional<std::string> const found = lookup(std::string_view{term.path});
            bool const same = found ? *found == term.value : term.value.empty();
            if (same != (term.op == field_operator::equals))
                return false;
        }
        return true;
    }

    /// Whether it matches everything because it asks for nothing.
    [[nodiscard]] bool empty() const noexcept { return terms_.empty(); }
    [[nodiscard]] std::vector<field_term> const& terms() const noexcept { return terms_; }

    /// The canonical text; `parse` of it gives this selector.
    [[nodiscard]] CONVERGE_DECL std::string str() const;

    friend bool operator==(field_selector const&, field_selector const&) = default;

private:
    std::vector<field_term> terms_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/model/impl/field_selector.ipp>
#endif
