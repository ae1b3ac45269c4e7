// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/decode.hpp>
#include <converge/codec/object_codec.hpp>
#include <converge/codec/resource_type.hpp>

/// @file
/// Keeps the codec of a resource from being compiled in every source file that uses it.
///
/// Both macros stand at global scope. After the resource, in its header:
///
///     CONVERGE_EXTERN_CODEC(demo::web)
///
/// and in exactly one source file:
///
///     CONVERGE_INSTANTIATE_CODEC(demo::web)

#define CONVERGE_CODEC_OF_(prefix, R)                                                              \
    prefix template ::converge::detail::struct_codec const&                                        \
    converge::detail::object_codec_of<R>();                                                        \
    prefix template ::converge::resource_type const& converge::type_of<R>();                       \
    prefix template ::converge::result<::converge::object<R>>                                      \
    converge::decode<::converge::object<R>>(::boost::json::value const&,                           \
                                            ::converge::decode_options);

/// Promises that some source file says CONVERGE_INSTANTIATE_CODEC(R).
#define CONVERGE_EXTERN_CODEC(R) CONVERGE_CODEC_OF_(extern, R)

/// Compiles the codec of R here, for the whole program.
#define CONVERGE_INSTANTIATE_CODEC(R) CONVERGE_CODEC_OF_(, R)
