// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/client/informer_set.hpp>
#include <converge/client/view.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/model/object.hpp>
#include <converge/work/outcome.hpp>

#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace converge::detail {

template <class R, class Argument>
inline constexpr bool is_subject =
    std::is_same_v<Argument, object<R>> || std::is_same_v<Argument, object_ptr<R>>;

template <class View>
struct view_traits : std::false_type {};

template <class K, class... Indexes>
struct view_traits<view<K, Indexes...>> : std::true_type {
    static resource_type const& type() { return type_of<K>(); }
    static view<K, Indexes...> from(informer_set& caches)
    {
        return caches.template view_of<K, Indexes...>();
    }
    static void declare(informer_set& caches) { static_cast<void>(from(caches)); }
};

/// What the parameters of a reconciler say:
/// `task<outcome>(client, object<R>, view<K, Indexes...>...)`.
template <class Signature>
struct reconciler_traits : std::false_type {};

template <class Subject, class... Views>
    requires(view_traits<Views>::value && ...)
struct reconciler_traits<task<outcome>(client, Subject, Views...)> : std::true_type {
    using subject = Subject;

    static std::vector<resource_type const*> reads() { return {&view_traits<Views>::type()...}; }
    static std::vector<void (*)(informer_set&)> declares()
    {
        return {&view_traits<Views>::declare...};
    }

    template <class R, class F>
    static auto erase(F call)
    {
        return [call = std::move(call)](client api, any_object const& of,
                                        informer_set& caches) -> task<outcome> {
            if constexpr (std::is_same_v<Subject, object<R>>)
                return call(std::move(api), *of.template as<R>(),
                            view_traits<Views>::from(caches)...);
            else
                return call(std::move(api), of.template as<R>(),
                            view_traits<Views>::from(caches)...);
        };
    }
};

template <class F>
struct signature_of {};
template <class A, class... Args>
struct signature_of<A (*)(Args...)> {
    using type = A(Args...);
};
template <class A, class C, class... Args>
struct signature_of<A (C::*)(Args...)> {
    using type = A(Args...);
};
template <class A, class C, class... Args>
struct signature_of<A (C::*)(Args...) const> {
    using type = A(Args...);
};
template <class F>
    requires requires { &F::operator(); }
struct signature_of<F> : signature_of<decltype(&F::operator())> {};

template <class F>
using traits_of = reconciler_traits<typename signature_of<std::decay_t<F>>::type>;

template <class F, class R>
concept reconciler_for = requires { typename signature_of<std::decay_t<F>>::type; } &&
                         traits_of<F>::value && is_subject<R, typename traits_of<F>::subject>;

} // namespace converge::detail
