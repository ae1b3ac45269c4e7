// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/result.hpp>
#include <converge/model/detail/quoted.hpp>
#include <converge/model/object_meta.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace converge {

namespace detail {

[[nodiscard]] inline auto find_owner(object_meta& of, uid const& owner)
{
    return std::find_if(of.owner_references.begin(), of.owner_references.end(),
                        [&](owner_reference const& each) { return each.uid == owner; });
}

} // namespace detail

/// The reference to the one object that reconciles this one, or null. Valid until the owner
/// references change.
[[nodiscard]] inline owner_reference const* controller_of(object_meta const& of)
{
    auto const found = std::find_if(of.owner_references.begin(), of.owner_references.end(),
                                    [](owner_reference const& each) { return each.controller; });
    return found == of.owner_references.end() ? nullptr : &*found;
}

/// Whether the object with that uid is among the owners, as controller or not. Nothing is owned
/// by the empty uid.
[[nodiscard]] inline bool is_owned_by(object_meta const& of, uid const& owner)
{
    return !owner.empty() &&
           std::any_of(of.owner_references.begin(), of.owner_references.end(),
                       [&](owner_reference const& each) { return each.uid == owner; });
}

/// Makes `owner` the controller of the object, in the place of an earlier reference to the same
/// owner if there is one.
/// Errors: `errc::conflict`, naming it, if another object is the controller; `errc::invalid` if
/// the owner has no uid. The object is unchanged then.
[[nodiscard]] inline result<void> set_controller(object_meta& of, owner_reference owner)
{
    auto const named = [](owner_reference const& each) { return each.kind + " " + each.name; };
    if (owner.uid.empty())
        return failure{errc::invalid, named(owner) + " has no uid yet, so it cannot own " +
                                          detail::quoted(of.name) +
                                          ": create it first and use what the api returned"}
            .at("metadata.ownerReferences");
    auto const* const first = controller_of(of);
    if (first != nullptr && first->uid != owner.uid)
        return failure{errc::conflict,
                       detail::quoted(of.name) + " is already controlled by " + named(*first) +
                           " (uid " + first->uid.str() + "), so " + named(owner) +
                           " cannot control it: add it as an owner, or use another name"}
            .at("metadata.ownerReferences");

    owner.controller = true;
    auto const place = detail::find_owner(of, owner.uid);
    if (place == of.owner_references.end())
        of.owner_references.push_back(std::move(owner));
    else
        *place = std::move(owner);
    return {};
}

/// Adds `owner` beside the other owners; `owner.controller` is ignored, the controller stays
/// who it is.
/// @pre `owner` has a uid.
/// @returns whether anything changed.
inline bool add_owner(object_meta& of, owner_reference owner)
{
    auto const place = detail::find_owner(of, owner.uid);
    bool const known = place != of.owner_references.end();
    owner.controller = known && place->controller;
    if (!known) {
        of.owner_references.push_back(std::move(owner));
        return true;
    }
    if (*place == owner)
        return false;
    *place = std::move(owner);
    return true;
}

/// @returns whether that object was among the owners.
inline bool remove_owner(object_meta& of, uid const& owner)
{
    return std::erase_if(of.owner_references,
                         [&](owner_reference const& each) { return each.uid == owner; }) != 0;
}

} // namespace converge
