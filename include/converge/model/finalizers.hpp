// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/model/object_meta.hpp>

#include <string_view>

namespace converge {

/// Whether `name` keeps the object from going when it is deleted.
[[nodiscard]] CONVERGE_DECL bool has_finalizer(object_meta const& of, std::string_view name);

/// @pre `check_qualified_name(name)`; the api refuses other names.
/// @returns whether anything changed.
CONVERGE_DECL bool add_finalizer(object_meta& of, std::string_view name);

/// @returns whether anything changed.
CONVERGE_DECL bool remove_finalizer(object_meta& of, std::string_view name);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/model/impl/finalizers.ipp>
#endif
