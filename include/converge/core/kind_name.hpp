// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

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
    [[nodiscard]] CONVERGE_DECL std::string singular() const;

    /// `webs`, `policies`, `ingresses`: the collection in a URL and in the store's keys.
    [[nodiscard]] CONVERGE_DECL std::string plural() const;

    friend constexpr bool operator==(kind_name const&, kind_name const&) = default;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/core/impl/kind_name.ipp>
#endif
