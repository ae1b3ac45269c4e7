// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/object_change.hpp>
#include <converge/codec/resource_type.hpp>
#include <converge/controller/change.hpp>
#include <converge/core/key.hpp>
#include <converge/model/object.hpp>
#include <converge/model/owner_references.hpp>
#include <converge/work/cause.hpp>

#include <concepts>
#include <exception>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace converge::detail {

/// Changes of one kind that make keys of the controller's kind due.
struct trigger {
    resource_type const* source;
    cause_kind kind;
    /// Adds the keys that a change makes due, each as often as it likes. If it throws, what it has
    /// added counts.
    std::function<void(object_change const&, std::vector<object_key>& into)> keys;
};

template <class K>
[[nodiscard]] change<K> typed_change(object_change const& seen)
{
    change<K> typed;
    if (seen.before)
        typed.before = seen.before.template as<K>();
    if (seen.after)
        typed.after = seen.after.template as<K>();
    return typed;
}

template <class R>
void add_untyped(std::vector<key<R>> keys, std::vector<object_key>& into)
{
    into.insert(into.end(), std::make_move_iterator(keys.begin()),
                std::make_move_iterator(keys.end()));
}

/// What `owns<K>` of a controller of kind `R` hears of.
template <class R, resource K>
[[nodiscard]] trigger owned_trigger()
{
    static_assert(scope_of<K>() == scope::namespaced || scope_of<R>() == scope::cluster,
                  "a cluster-scoped object does not say in which namespace its owner is; use "
                  "watches<K> with a function that finds it");
    auto const keys = [](object_change const& seen, std::vector<object_key>& into) {
        for (auto const& side : {seen.before, seen.after}) {
            if (!side)
                continue;
            auto const* owner = controller_of(side.metadata());
            if (owner != nullptr && owner->kind == R::kind.kind &&
                owner->api_version == R::kind.api_version)
                into.push_back(
                    {scope_of<R>() == scope::cluster ? std::string{} : side.metadata().namespace_,
                     owner->name});
        }
    };
    return {&type_of<K>(), cause_kind::owned, keys};
}

/// What `watches<K>(affected)` of a controller of kind `R` hears of.
template <class R, resource K, class F>
[[nodiscard]] trigger watching_trigger(F affected)
{
    if constexpr (std::invocable<F const&, change<K> const&>) {
        auto const keys = [affected = std::move(affected)](object_change const& seen,
                                                           std::vector<object_key>& into) {
            add_untyped<R>(affected(typed_change<K>(seen)), into);
        };
        return {&type_of<K>(), cause_kind::watched, keys};
    } else {
        auto const keys = [affected = std::move(affected)](object_change const& seen,
                                                           std::vector<object_key>& into) {
            // To throw for what was does not hide what is.
            std::exception_ptr thrown;
            for (auto const* side : {&seen.before, &seen.after}) {
                try {
                    if (*side)
                        add_untyped<R>(affected(*side->template as<K>()), into);
                } catch (...) {
                    thrown = std::current_exception();
                }
            }
            if (thrown)
                std::rethrow_exception(thrown);
        };
        return {&type_of<K>(), cause_kind::watched, keys};
    }
}

} // namespace converge::detail
