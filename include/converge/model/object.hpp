// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/key.hpp>
#include <converge/model/object_meta.hpp>
#include <converge/model/resource.hpp>

#include <memory>
#include <string>
#include <utility>

namespace converge {

namespace detail {

template <class R>
struct object_body;

template <class R>
    requires(has_spec<R> && has_status<R>)
struct object_body<R> {
    using desired_type = typename R::spec;
    typename R::spec spec{};
    typename R::status status{};

    object_body() = default;
    explicit object_body(desired_type desired) : spec{std::move(desired)} {}
};

template <class R>
    requires(has_spec<R> && !has_status<R>)
struct object_body<R> {
    using desired_type = typename R::spec;
    typename R::spec spec{};

    object_body() = default;
    explicit object_body(desired_type desired) : spec{std::move(desired)} {}
};

template <class R>
    requires has_content<R>
struct object_body<R> {
    using desired_type = typename R::content;
    typename R::content content{};

    object_body() = default;
    explicit object_body(desired_type desired) : content{std::move(desired)} {}
};

} // namespace detail

/// One object of kind `R`: `metadata`, and `spec` and `status`, or `content`.
///
/// A regular value: copying it copies everything, and changing a copy changes nothing else.
/// Readers share `object_ptr<R>`.
template <class R>
struct object : detail::object_body<R> {
    static_assert(resource<R>, "R is a struct with a kind and described spec/status or content");

    using resource_type = R;
    using typename detail::object_body<R>::desired_type;

    object_meta metadata{};

    object() = default;
    /// Named `name`, in the default namespace unless `R` is cluster-scoped.
    explicit object(std::string name, desired_type desired = {})
        : object{converge::key<R>{std::move(name)}, std::move(desired)}
    {
    }
    object(in_namespace space, std::string name, desired_type desired = {})
        : object{converge::key<R>{std::move(space), std::move(name)}, std::move(desired)}
    {
    }
    explicit object(converge::key<R> id, desired_type desired = {})
        : detail::object_body<R>{std::move(desired)}
    {
        metadata.namespace_ = std::move(id.namespace_);
        metadata.name = std::move(id.name);
    }

    [[nodiscard]] converge::key<R> key() const
    {
        return converge::key<R>{object_key{metadata.namespace_, metadata.name}};
    }
};

/// How readers share an object: immutable, kept alive by its holders.
template <class R>
using object_ptr = std::shared_ptr<object<R> const>;

template <class R>
[[nodiscard]] object_ref ref_of(object<R> const& of)
{
    return {std::string{R::kind.kind}, of.metadata.namespace_, of.metadata.name};
}

/// The reference that makes `owner` the controller of another object.
template <class R>
[[nodiscard]] owner_reference controller_reference(object<R> const& owner)
{
    return {std::string{R::kind.api_version}, std::string{R::kind.kind}, owner.metadata.name,
            owner.metadata.uid, true, true};
}

} // namespace converge
