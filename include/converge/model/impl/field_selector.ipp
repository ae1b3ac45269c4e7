// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/field_selector.hpp>

#include <converge/model/detail/field_term_reader.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace converge {

CONVERGE_DECL result<field_selector> field_selector::parse(std::string_view text)
{
    auto terms = detail::field_term_reader{text}.read();
    if (!terms)
        return terms.error();
    return field_selector{std::move(*terms)};
}

CONVERGE_DECL std::string field_selector::str() const
{
    std::string text;
    for (auto const& term : terms_)
        text += (text.empty() ? "" : ",") + term.str();
    return text;
}

} // namespace converge
