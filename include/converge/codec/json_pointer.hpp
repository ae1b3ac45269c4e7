// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/result.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace converge {

/// Names a place in a JSON document, as RFC 6901 does: `/spec/containers/0/image`, where `~1`
/// stands for `/` inside a name and `~0` for `~`. Empty: the whole document.
class json_pointer {
public:
    json_pointer() = default;

    /// @returns errc::invalid if `text` is neither empty nor begins with `/`, or has a `~` that
    ///          no `0` or `1` follows.
    [[nodiscard]] static result<json_pointer> parse(std::string_view text)
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

    /// The names and indices on the way; none for the whole document.
    [[nodiscard]] std::vector<std::string> const& tokens() const noexcept { return tokens_; }
    [[nodiscard]] bool is_root() const noexcept { return tokens_.empty(); }

    /// Whether `other` lies inside what this names.
    [[nodiscard]] bool contains(json_pointer const& other) const
    {
        return tokens_.size() < other.tokens_.size() &&
               std::equal(tokens_.begin(), tokens_.end(), other.tokens_.begin());
    }

    /// The array or object that holds the place. @pre Not the root.
    [[nodiscard]] json_pointer parent() const
    {
        json_pointer above = *this;
        above.tokens_.pop_back();
        return above;
    }

    /// The value at this place, or null if there is none.
    [[nodiscard]] boost::json::value* find(boost::json::value& document) const
    {
        auto* at = &document;
        for (auto const& token : tokens_) {
            if (auto* object = at->if_object())
                at = object->if_contains(token);
            else if (auto* array = at->if_array())
                at = element(*array, token);
            else
                at = nullptr;
            if (at == nullptr)
                return nullptr;
        }
        return at;
    }

    [[nodiscard]] boost::json::value const* find(boost::json::value const& document) const
    {
        return find(const_cast<boost::json::value&>(document));
    }

    /// The index that a token is: digits without leading zeros.
    [[nodiscard]] static std::optional<std::size_t> index(std::string_view token)
    {
        std::size_t value = 0;
        auto const* const end = token.data() + token.size();
        auto const read = std::from_chars(token.data(), end, value);
        bool const leading_zero = token.size() > 1 && token.front() == '0';
        if (read.ec != std::errc{} || read.ptr != end || leading_zero)
            return std::nullopt;
        return value;
    }

    friend bool operator==(json_pointer const&, json_pointer const&) = default;

private:
    static boost::json::value* element(boost::json::array& array, std::string_view token)
    {
        auto const at = index(token);
        return at && *at < array.size() ? &array[*at] : nullptr;
    }

    std::vector<std::string> tokens_;
};

} // namespace converge
