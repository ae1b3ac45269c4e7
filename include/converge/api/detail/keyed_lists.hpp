// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// Several managers may each have items of an object's finalizers and owner references; any other
/// list is one field. While documents are merged these two lists therefore stand as objects,
/// `{"name": true}` and `{"uid": [reference]}`, each member of which is a field.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace converge::detail {

/// Calls `convert(list)` for a member of the metadata of `document`, if it is there.
template <class Convert>
void convert_list(boost::json::value& document, char const* name, Convert convert)
{
    auto* const metadata = document.as_object().if_contains("metadata");
    auto* const list = metadata ? metadata->as_object().if_contains(name) : nullptr;
    if (list != nullptr)
        *list = convert(*list);
}

/// `document`, an encoded object, with objects in the place of the two lists.
[[nodiscard]] inline boost::json::value with_keyed_lists(boost::json::value document)
{
    convert_list(document, "finalizers", [](boost::json::value const& list) {
        boost::json::object keyed;
        for (auto const& name : list.as_array())
            keyed.insert_or_assign(name.as_string(), true);
        return keyed;
    });
    convert_list(document, "ownerReferences", [](boost::json::value const& list) {
        boost::json::object keyed;
        for (auto const& owner : list.as_array()) {
            // Left out where it is empty, which is refused later.
            auto const* const uid = owner.as_object().if_contains("uid");
            keyed.insert_or_assign(uid ? uid->as_string() : boost::json::string{},
                                   boost::json::array{owner});
        }
        return keyed;
    });
    return document;
}

/// Takes `with_keyed_lists` back.
[[nodiscard]] inline boost::json::value with_plain_lists(boost::json::value document)
{
    convert_list(document, "finalizers", [](boost::json::value const& keyed) {
        boost::json::array list;
        for (auto const& name : keyed.as_object())
            list.emplace_back(name.key());
        return list;
    });
    convert_list(document, "ownerReferences", [](boost::json::value const& keyed) {
        boost::json::array list;
        for (auto const& owner : keyed.as_object())
            list.push_back(owner.value().as_array().at(0));
        return list;
    });
    return document;
}

} // namespace converge::detail
