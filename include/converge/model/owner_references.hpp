// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>
#include <converge/model/object_meta.hpp>

namespace converge {

/// The reference to the one object that reconciles this one, or null. Valid until the owner
/// references change.
[[nodiscard]] CONVERGE_DECL owner_reference const* controller_of(object_meta const& of);

/// Whether the object with that uid is among the owners, as controller or not. Nothing is owned
/// by the empty uid.
[[nodiscard]] CONVERGE_DECL bool is_owned_by(object_meta const& of, uid const& owner);

/// Makes `owner` the controller of the object, in the place of an earlier reference to the same
/// owner if there is one.
/// Errors: `errc::conflict`, naming it, if another object is the controller; `errc::invalid` if
/// the owner has no uid. The object is unchanged then.
[[nodiscard]] CONVERGE_DECL result<void> set_controller(object_meta& of, owner_reference owner);

/// Adds `owner` beside the other owners; `owner.controller` is ignored, the controller stays
/// who it is.
/// @pre `owner` has a uid.
/// @returns whether anything changed.
CONVERGE_DECL bool add_owner(object_meta& of, owner_reference owner);

/// @returns whether that object was among the owners.
CONVERGE_DECL bool remove_owner(object_meta& of, uid const& owner);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/model/impl/owner_references.ipp>
#endif
