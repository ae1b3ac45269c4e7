// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

namespace converge {

/// Whether objects of a kind live in a namespace or stand beside all namespaces.
enum class scope { namespaced, cluster };

/// The name of a kind: `kind_name{"demo.converge.dev/v1", "Web"}`.
///
/// Views string literals: use it for `static constexpr` members only. `plural_name` is the
/// collection's name where the English rule of `plural()` is wrong.
struct kind_name {
    std::string_view api_version{};
    std::string_view kind{};
    std::string_view plural_name{};

    /// `demo.converge.dev` of `demo.converge.dev/v1`; empty for the core group (`v1`).
    [[nodiscard]] constexpr std::string_view group() const noexcept
    {
        auto const slash = api_version.find('/');
        return slash == std::string_view::npos ? std::string_view{} : api_version.substr(0, slash);
    }

    /// `v1` of `demo.converge.dev/v1`.
    [[nodiscard]] constexpr std::string_view version() const noexcept
    {
        auto const slash = api_version.find('/');
        return slash == std::string_view::npos ? api_version : api_version.substr(slash + 1);
    }

    /// `web` of `Web`.
    [[nodiscard]] std::string singular() const
    {
        std::string name{kind};
        for (char& c : name)
            if (c >= 'A' && c <= 'Z')
                c = static_cast<char>(c - 'A' + 'a');
        return name;
    }

    /// `webs`, `policies`, `ingresses`: the collection in a URL and in the store's keys.
    [[nodiscard]] std::string plural() const
    {
        if (!plural_name.empty())
            return std::string{plural_name};
        std::string name = singular();
        bool const sibilant = name.ends_with('s') || name.ends_with('x') || name.ends_with("ch") ||
                              name.ends_with("sh");
        bool const vowel_y = name.size() > 1 &&
                             std::string_view{"aeiou"}.find(name[name.size() - 2]) !=
                                 std::string_view::npos;
        if (sibilant)
            return name + "es";
        if (name.ends_with('y') && !vowel_y)
            return name.substr(0, name.size() - 1) + "ies";
        return name + "s";
    }

    friend constexpr bool operator==(kind_name const&, kind_name const&) = default;
};

} // namespace converge
