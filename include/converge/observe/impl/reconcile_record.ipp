// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/reconcile_record.hpp>

#include <converge/observe/detail/span_text.hpp>

#include <cstddef>

namespace converge {

namespace detail {

/// `changed at 17`, `owned Page default/p at 18`, `requeue`.
[[nodiscard]] CONVERGE_DECL std::string cause_text(cause const& of)
{
    std::string text{to_string(of.kind())};
    if (of.source())
        text += " " + to_string(*of.source());
    if (of.at())
        text += " at " + to_string(of.at());
    return text;
}

[[nodiscard]] CONVERGE_DECL std::string write_text(write_record const& of)
{
    return of.verb + " " + to_string(of.object) + " at " + to_string(of.at);
}

} // namespace detail

CONVERGE_DECL std::string to_string(reconcile_record const& of)
{
    auto text = of.result + " after " + detail::span_text(of.took);
    if (!of.why.empty())
        text += " (" + of.why + ")";
    char const* before = "; because ";
    for (auto const& each : of.causes) {
        text += before + detail::cause_text(each);
        before = ", ";
    }
    if (of.cause_count > of.causes.size())
        text += " and " + std::to_string(of.cause_count - of.causes.size()) + " more";
    if (of.attempt != 0)
        text += "; attempt " + std::to_string(of.attempt + 1);
    before = "; wrote ";
    for (auto const& each : of.writes) {
        text += before + detail::write_text(each);
        before = ", ";
    }
    return text;
}

} // namespace converge
