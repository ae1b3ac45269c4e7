// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/decode.hpp>
#include <converge/codec/detail/projected.hpp>
#include <converge/codec/encode.hpp>
#include <converge/codec/equal.hpp>
#include <converge/codec/object_codec.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>
#include <converge/model/object.hpp>

#include <boost/json/value.hpp>

#include <memory>
#include <string>
#include <typeinfo>
#include <utility>

namespace converge {

/// What the layers that do not know `R` need to know about it. One immutable instance a kind,
/// `type_of<R>()`; its address identifies the kind within the program.
struct resource_type {
    kind_name kind;
    converge::scope scope;
    /// `demo.converge.dev/webs`: the collection, as it stands in the store's keys.
    std::string collection;
    bool status_is_apart;

    std::shared_ptr<void> (*make)();
    std::shared_ptr<void> (*copy)(void const* object);
    object_meta& (*metadata)(void* object);
    object_meta const& (*metadata_of)(void const* object);
    boost::json::value (*encode)(void const* object);
    result<std::shared_ptr<void>> (*decode)(boost::json::value const& document,
                                            decode_options options);
    /// Compares what is desired: `spec` or `content`.
    bool (*same_desired)(void const* left, void const* right);
    bool (*same_status)(void const* left, void const* right);
    void (*assign_desired)(void* to, void const* from);
    void (*assign_status)(void* to, void const* from);
    /// `R::defaults(object<R>&)`, which fills in what the user left open; null if R has none.
    /// Declare it in the struct, define it after BOOST_DESCRIBE_STRUCT: `object<R>` needs that.
    void (*fill_defaults)(void* object);
    /// `R::validate(object<R> const&) -> result<void>`; null if R has none.
    result<void> (*validate)(void const* object);
    /// Of a projection, the kind that it shows a part of; null of others. A projection declares
    /// `using projection_of = K;`, the `kind` of `K`, and some of its members.
    resource_type const& (*projection_of)();
    /// Makes an object of a projection from one of what it projects.
    std::shared_ptr<void> (*project)(void const* from);
    /// Tells the structs of a program apart by what they are called, whatever the address.
    char const* struct_name;
};

template <resource R>
[[nodiscard]] resource_type const& type_of();

namespace detail {

template <class R>
object<R> const& typed(void const* object_address)
{
    return *static_cast<object<R> const*>(object_address);
}

template <class R>
object<R>& typed(void* object_address)
{
    return *static_cast<object<R>*>(object_address);
}

template <class R>
auto& desired_of(object<R>& of)
{
    if constexpr (has_spec<R>)
        return of.spec;
    else
        return of.content;
}

template <class R>
auto const& desired_of(object<R> const& of)
{
    if constexpr (has_spec<R>)
        return of.spec;
    else
        return of.content;
}

/// Decodes into `made`, a default-constructed value of the type that `type` handles.
[[nodiscard]] CONVERGE_DECL result<std::shared_ptr<void>>
decode_made(std::shared_ptr<void> made, value_codec const& type, boost::json::value const& document,
            decode_options options);

template <class R>
bool same_status_erased([[maybe_unused]] void const* left, [[maybe_unused]] void const* right)
{
    if constexpr (has_status<R>)
        return equal(typed<R>(left).status, typed<R>(right).status);
    else
        return true;
}

template <class R>
void assign_status_erased([[maybe_unused]] void* to, [[maybe_unused]] void const* from)
{
    if constexpr (has_status<R>)
        typed<R>(to).status = typed<R>(from).status;
}

template <class R>
constexpr auto defaults_of() -> void (*)(void*)
{
    if constexpr (requires(object<R>& of) { R::defaults(of); })
        return +[](void* of) { R::defaults(typed<R>(of)); };
    else
        return nullptr;
}

template <class R>
constexpr auto validation_of() -> result<void> (*)(void const*)
{
    if constexpr (requires(object<R> const& of) { R::validate(of); })
        return +[](void const* of) -> result<void> { return R::validate(typed<R>(of)); };
    else
        return nullptr;
}

[[nodiscard]] CONVERGE_DECL std::string collection_of(kind_name const& kind);

template <class R>
concept projection = requires { typename R::projection_of; };

template <class R>
constexpr auto projected_type() -> resource_type const& (*)()
{
    if constexpr (projection<R>) {
        using whole = typename R::projection_of;
        static_assert(kind_name{R::kind} == kind_name{whole::kind} &&
                          scope_of<R>() == scope_of<whole>(),
                      "a projection has the kind and the scope of what it projects");
        return &type_of<whole>;
    } else {
        return nullptr;
    }
}

template <class R>
std::shared_ptr<void> project_erased(void const* from)
{
    auto const& whole = typed<typename R::projection_of>(from);
    auto made = std::make_shared<object<R>>();
    made->metadata = whole.metadata;
    project_value(desired_of(*made), desired_of(whole));
    if constexpr (has_status<R>)
        project_value(made->status, whole.status);
    return made;
}

template <class R>
constexpr auto projecting() -> std::shared_ptr<void> (*)(void const*)
{
    if constexpr (projection<R>)
        return &project_erased<R>;
    else
        return nullptr;
}

} // namespace detail

/// The one description of `R`. Thread-safe.
template <resource R>
resource_type const& type_of()
{
    static resource_type const type{
        .kind = R::kind,
        .scope = detail::scope_of<R>(),
        .collection = detail::collection_of(R::kind),
        .status_is_apart = has_status<R>,
        .make = +[]() -> std::shared_ptr<void> { return std::make_shared<object<R>>(); },
        .copy = +[](void const* from) -> std::shared_ptr<void> {
            return std::make_shared<object<R>>(detail::typed<R>(from));
        },
        .metadata = +[](void* of) -> object_meta& { return detail::typed<R>(of).metadata; },
        .metadata_of =
            +[](void const* of) -> object_meta const& { return detail::typed<R>(of).metadata; },
        .encode = +[](void const* from) { return encode(detail::typed<R>(from)); },
        .decode =
            +[](boost::json::value const& document, decode_options options) {
                return detail::decode_made(std::make_shared<object<R>>(),
                                           detail::value_codec_of<object<R>>, document, options);
            },
        .same_desired =
            +[](void const* left, void const* right) {
                return equal(detail::desired_of(detail::typed<R>(left)),
                             detail::desired_of(detail::typed<R>(right)));
            },
        .same_status = &detail::same_status_erased<R>,
        .assign_desired =
            +[](void* to, void const* from) {
                detail::desired_of(detail::typed<R>(to)) =
                    detail::desired_of(detail::typed<R>(from));
            },
        .assign_status = &detail::assign_status_erased<R>,
        .fill_defaults = detail::defaults_of<R>(),
        .validate = detail::validation_of<R>(),
        .projection_of = detail::projected_type<R>(),
        .project = detail::projecting<R>(),
        .struct_name = typeid(R).name(),
    };
    return type;
}

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/resource_type.ipp>
#endif
