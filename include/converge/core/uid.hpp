// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace converge {

/// Tells one life of a name from the next: an object that is deleted and created again has the
/// same key and another uid. Empty until the api assigns it.
class uid {
public:
    uid() = default;
    explicit uid(std::string text) : text_{std::move(text)} {}

    [[nodiscard]] std::string const& str() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

    auto operator<=>(uid const&) const = default;

private:
    std::string text_;
};

} // namespace converge

template <>
struct std::hash<converge::uid> {
    std::size_t operator()(converge::uid const& id) const noexcept
    {
        return std::hash<std::string>{}(id.str());
    }
};
