// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/owner_references.hpp>

#include <converge/model/detail/quoted.hpp>

#include <algorithm>
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

CONVERGE_DECL owner_reference const* controller_of(object_meta const& of)
{
    auto const found = std::find_if(of.owner_references.begin(), of.owner_references.end(),
                                    [](owner_reference const& each) { return each.controller; });
    return found == of.owner_references.end() ? nullptr : &*found;
}

CONVERGE_DECL bool is_owned_by(object_meta const& of, uid const& owner)
{
    return !owner.empty() &&
           std::any_of(of.owner_references.begin(), of.owner_references.end(),
                       [&](owner_reference const& each) { return each.uid == owner; });
}

CONVERGE_DECL result<void> set_controller(object_meta& of, owner_reference owner)
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

CONVERGE_DECL bool add_owner(object_meta& of, owner_reference owner)
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

CONVERGE_DECL bool remove_owner(object_meta& of, uid const& owner)
{
    return std::erase_if(of.owner_references,
                         [&](owner_reference const& each) { return each.uid == owner; }) != 0;
}

} // namespace converge
