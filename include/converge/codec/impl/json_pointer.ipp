// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/json_pointer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace converge {

namespace detail {

[[nodiscard]] inline boost::json::value* element(boost::json::array& array, std::string_view token)
{
    auto const at = json_pointer::index(token);
    return at && *at < array.size() ? &array[*at] : nullptr;
}

} // namespace detail

CONVERGE_DECL result<json_pointer> json_pointer::parse(std::string_view text)
{
    json_pointer pointer;
    if (!text.empty() && text.front() != '/')
        return failure{errc::invalid, "a JSON pointer is empty or begins with '/', got \"" +
                                          std::string{text} + '"'};
    for (char const* at = text.data(); at != text.data() + text.size(); ++at) {
        if (*at == '/') {
            pointer.tokens_.emplace_back();
            continue;
        }
        char c = *at;
        if (c == '~') {
            char const escape = ++at == text.data() + text.size() ? '\0' : *at;
            if (escape != '0' && escape != '1')
                return failure{errc::invalid, "in a JSON pointer '~' stands before 0 or 1, "
                                              "got \"" +
                                                  std::string{text} + '"'};
            c = escape == '0' ? '~' : '/';
        }
        pointer.tokens_.back() += c;
    }
    return pointer;
}

CONVERGE_DECL bool json_pointer::contains(json_pointer const& other) const
{
    return tokens_.size() < other.tokens_.size() &&
           std::equal(tokens_.begin(), tokens_.end(), other.tokens_.begin());
}

CONVERGE_DECL json_pointer json_pointer::parent() const
{
    json_pointer above = *this;
    above.tokens_.pop_back();
    return above;
}

CONVERGE_DECL boost::json::value* json_pointer::find(boost::json::value& document) const
{
    auto* at = &document;
    for (auto const& token : tokens_) {
        if (auto* object = at->if_object())
            at = object->if_contains(token);
        else if (auto* array = at->if_array())
            at = detail::element(*array, token);
        else
            at = nullptr;
        if (at == nullptr)
            return nullptr;
    }
    return at;
}

CONVERGE_DECL boost::json::value const* json_pointer::find(boost::json::value const& document) const
{
    return find(const_cast<boost::json::value&>(document));
}

CONVERGE_DECL std::optional<std::size_t> json_pointer::index(std::string_view token)
{
    std::size_t value = 0;
    auto const* const end = token.data() + token.size();
    auto const read = std::from_chars(token.data(), end, value);
    bool const leading_zero = token.size() > 1 && token.front() == '0';
    if (read.ec != std::errc{} || read.ptr != end || leading_zero)
        return std::nullopt;
    return value;
}

} // namespace converge
