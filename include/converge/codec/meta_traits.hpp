// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/core_traits.hpp>
#include <converge/codec/described_traits.hpp>
#include <converge/codec/json_traits.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/model/object_meta.hpp>

#include <boost/json/value.hpp>

namespace converge {

/// Metadata leaves out what is not set, as Kubernetes does.
template <>
inline constexpr bool omits_zero<object_meta> = true;
template <>
inline constexpr bool omits_zero<owner_reference> = true;

/// In JSON the fields are a tree, `fieldsV1`; in memory its text. Text that is no JSON object
/// is kept in the member `fields`.
template <>
struct json_traits<managed_fields_entry> {
    CONVERGE_DECL static boost::json::value encode(managed_fields_entry const& from);

    CONVERGE_DECL static bool decode(boost::json::value const& from, managed_fields_entry& to,
                                     decode_context& context);
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/meta_traits.ipp>
#endif
