// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/kind_name.hpp>

#include <boost/describe/members.hpp>

#include <concepts>
#include <type_traits>

namespace converge {

/// `R::kind` names the kind: `static constexpr converge::kind_name kind{"group/v1", "Kind"};`
template <class R>
concept named_kind = requires {
    { R::kind } -> std::convertible_to<kind_name>;
};

/// BOOST_DESCRIBE_STRUCT was said for the type, and it can be made from nothing and copied.
template <class T>
concept described_value =
    std::is_aggregate_v<T> && std::default_initializable<T> && std::copyable<T> &&
    boost::describe::has_describe_members<T>::value;

/// The kind says what is desired in `R::spec`.
template <class R>
concept has_spec = requires { typename R::spec; } && described_value<typename R::spec>;

/// The kind reports what is actual in `R::status`, written apart from the spec.
template <class R>
concept has_status = requires { typename R::status; } && described_value<typename R::status>;

/// The members of `R::content` stand at the top of the document, as in a ConfigMap.
template <class R>
concept has_content = requires { typename R::content; } && described_value<typename R::content>;

/// A kind of object: a struct with `kind` and either `spec` (with or without `status`) or
/// `content`, each a described struct. A cluster-scoped kind adds
/// `static constexpr converge::scope scope = converge::scope::cluster;`.
template <class R>
concept resource = named_kind<R> && (has_spec<R> || has_content<R>)
                   && !(has_spec<R> && has_content<R>) && !(has_status<R> && has_content<R>);

} // namespace converge
