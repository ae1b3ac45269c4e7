// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/decode_context.hpp>

#include <converge/codec/detail/shorten.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace converge {

CONVERGE_DECL std::string to_string(unknown_field const& field)
{
    auto text = "unknown field \"" + field.path + "\"";
    return field.near_miss.empty() ? text : text + "; did you mean \"" + field.near_miss + "\"?";
}

CONVERGE_DECL bool decode_context::refuse(boost::json::value const& found,
                                          std::string_view expected)
{
    return refuse("expected " + std::string{expected} + ", got " + detail::shown(found));
}

CONVERGE_DECL bool decode_context::refuse(std::string message)
{
    reason_ = failure{errc::invalid, std::move(message)}.at(path_.str());
    return false;
}

CONVERGE_DECL void decode_context::note_unknown(std::string_view name, std::string_view near_miss)
{
    if (!lists_unknown()) {
        ++unlisted_;
        return;
    }
    auto path = path_.str();
    detail::append_member(path, name);
    unknown_.push_back({std::move(path), std::string{near_miss}});
}

CONVERGE_DECL failure decode_context::unknown_reason() const
{
    std::string text;
    for (auto const& field : unknown_)
        text += (text.empty() ? "" : ", ") + to_string(field);
    if (unlisted_ != 0)
        text += ", and " + std::to_string(unlisted_) + " more";
    return failure{errc::invalid, std::move(text)}.at(unknown_.front().path);
}

CONVERGE_DECL void decode_context::enter_member(std::string_view name) { path_.enter_member(name); }

CONVERGE_DECL void decode_context::enter_element(std::size_t index) { path_.enter_element(index); }

CONVERGE_DECL void decode_context::leave() { path_.leave(); }

} // namespace converge
