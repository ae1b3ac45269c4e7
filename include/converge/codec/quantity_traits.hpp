// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/json_traits.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/model/quantity.hpp>

#include <boost/json/value.hpp>

namespace converge {

/// Written as a string in canonical form (`"500m"`); a JSON number is read as well.
template <>
struct json_traits<quantity> {
    CONVERGE_DECL static boost::json::value encode(quantity const& from);
    static bool is_zero(quantity const& value) { return value.is_zero(); }
    CONVERGE_DECL static bool decode(boost::json::value const& from, quantity& to,
                                     decode_context& context);
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/quantity_traits.ipp>
#endif
