// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace converge {

/// Names a place in a JSON document, as RFC 6901 does: `/spec/containers/0/image`, where `~1`
/// stands for `/` inside a name and `~0` for `~`. Empty: the whole document.
class json_pointer {
public:
    json_pointer() = default;

    /// @returns errc::invalid if `text` is neither empty nor begins with `/`, or has a `~` that
    ///          no `0` or `1` follows.
    [[nodiscard]] CONVERGE_DECL static result<json_pointer> parse(std::string_view text);

    /// The names and indices on the way; none for the whole document.
    [[nodiscard]] std::vector<std::string> const& tokens() const noexcept { return tokens_; }
    [[nodiscard]] bool is_root() const noexcept { return tokens_.empty(); }

    /// Whether `other` lies inside what this names.
    [[nodiscard]] CONVERGE_DECL bool contains(json_pointer const& other) const;

    /// The array or object that holds the place. @pre Not the root.
    [[nodiscard]] CONVERGE_DECL json_pointer parent() const;

    /// The value at this place, or null if there is none.
    [[nodiscard]] CONVERGE_DECL boost::json::value* find(boost::json::value& document) const;

    [[nodiscard]] CONVERGE_DECL boost::json::value const*
    find(boost::json::value const& document) const;

    /// The index that a token is: digits without leading zeros.
    [[nodiscard]] CONVERGE_DECL static std::optional<std::size_t> index(std::string_view token);

    friend bool operator==(json_pointer const&, json_pointer const&) = default;

private:
    std::vector<std::string> tokens_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/json_pointer.ipp>
#endif
