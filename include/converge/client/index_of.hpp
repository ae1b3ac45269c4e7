// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/detail/index_definition.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/model/object.hpp>

#include <concepts>
#include <string_view>

namespace converge {

/// A way to look objects of kind `R` up by what they contain. Declare one a program, with a
/// `value` that depends on the object alone:
///
///     struct by_node : converge::index_of<pod> {
///         static std::string const& value(converge::object<pod> const& of)
///         {
///             return of.spec.node_name;
///         }
///     };
///
/// A reconciler that takes a `view<pod, by_node>` makes the cache keep it from the start, and asks
/// `pods.by<by_node>("n1")`. Asking a view for an index that it does not name does not compile.
///
/// `value` returns text (std::string, a reference to one, std::string_view), a std::optional of
/// it, or a range of it, for objects that are found by several values or by none. It is called
/// for an object when that appears or changes. If it throws, the log is told, and that object is
/// not in that index until it changes again.
template <class R>
struct index_of {
    using subject = R;
};

namespace detail {

template <class Value>
void add_values(index_values& into, Value const& of)
{
    if constexpr (std::convertible_to<Value const&, std::string_view>) {
        into.add(of);
    } else if constexpr (requires { of.has_value(); }) {
        if (of)
            add_values(into, *of);
    } else {
        for (auto const& each : of)
            add_values(into, each);
    }
}

template <class Index>
void collect_values(any_object const& of, index_values& into)
{
    using subject = object<typename Index::subject>;
    auto const& values = Index::value(*static_cast<subject const*>(of.get()));
    add_values(into, values);
}

/// Its address is the identity of the index.
template <class Index>
inline constexpr char index_name = 0;

template <class Index>
[[nodiscard]] constexpr index_definition definition_of() noexcept
{
    return {&index_name<Index>, &collect_values<Index>};
}

} // namespace detail

/// `Index` is derived from `index_of<R>` and says the values of an object.
template <class Index, class R>
concept index_on =
    std::derived_from<Index, index_of<R>> && requires(object<R> const& of) { Index::value(of); };

} // namespace converge
