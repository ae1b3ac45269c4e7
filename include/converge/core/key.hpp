// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/kind_name.hpp>
#include <converge/core/object_ref.hpp>

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace converge {

/// The namespace of objects that name none.
inline constexpr char const* default_namespace = "default";

/// Marks a string as a namespace, so that it cannot be swapped with a name.
struct in_namespace {
    std::string value;

    explicit in_namespace(std::string name) : value{std::move(name)} {}
};

/// Identifies an object among those of its kind. `namespace_` is empty for kinds of
/// `scope::cluster`.
struct object_key {
    std::string namespace_{};
    std::string name{};

    auto operator<=>(object_key const&) const = default;
};

/// `default/blog`; `n1` where there is no namespace.
[[nodiscard]] inline std::string to_string(object_key const& id)
{
    return id.namespace_.empty() ? id.name : id.namespace_ + "/" + id.name;
}

namespace detail {

/// Of a key in parts: what std::hash finds of it whole, so that tables of both need it once.
[[nodiscard]] inline std::size_t hash_of_key(std::string_view space, std::string_view name) noexcept
{
    auto const seed = std::hash<std::string_view>{}(space);
    return std::hash<std::string_view>{}(name) ^ (seed + 0x9e3779b97f4a7c15u + (seed << 6));
}

template <class R>
[[nodiscard]] constexpr scope scope_of() noexcept
{
    if constexpr (requires { R::scope; })
        return R::scope;
    else
        return scope::namespaced;
}

} // namespace detail

/// Identifies an object of kind `R`. Regular, ordered, hashable.
template <class R>
struct key : object_key {
    key() = default;
    /// In the default namespace, or in none if `R` is cluster-scoped.
    explicit key(std::string object_name)
        : object_key{detail::scope_of<R>() == scope::cluster ? "" : default_namespace,
                     std::move(object_name)}
    {}
    key(in_namespace space, std::string object_name)
        : object_key{std::move(space.value), std::move(object_name)}
    {}
    explicit key(object_key id) : object_key{std::move(id)} {}

    auto operator<=>(key const&) const = default;
};

template <class R>
[[nodiscard]] object_ref ref_of(key<R> const& id)
{
    return {std::string{R::kind.kind}, id.namespace_, id.name};
}

} // namespace converge

template <>
struct std::hash<converge::object_key> {
    std::size_t operator()(converge::object_key const& id) const noexcept
    {
        return converge::detail::hash_of_key(id.namespace_, id.name);
    }
};

template <class R>
struct std::hash<converge::key<R>> : std::hash<converge::object_key> {};
