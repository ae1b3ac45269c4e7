// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/meta_traits.hpp>

#include <converge/codec/parse_json.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <utility>

namespace converge {

namespace detail {

[[nodiscard]] inline bool decode_text_member(boost::json::object const& entry, char const* name,
                                             std::string& to, decode_context& context)
{
    auto const* const given = entry.if_contains(name);
    if (given == nullptr || given->is_null())
        return true;
    context.enter_member(name);
    if (!json_traits<std::string>::decode(*given, to, context))
        return false;
    context.leave();
    return true;
}

} // namespace detail

CONVERGE_DECL boost::json::value
json_traits<managed_fields_entry>::encode(managed_fields_entry const& from)
{
    boost::json::object entry;
    entry.emplace("manager", from.manager);
    entry.emplace("operation", from.operation);
    if (from.fields.empty())
        return entry;
    auto tree = parse_json(from.fields);
    if (tree && tree->is_object()) {
        entry.emplace("fieldsType", "FieldsV1");
        entry.emplace("fieldsV1", std::move(*tree));
    } else {
        entry.emplace("fields", from.fields);
    }
    return entry;
}

CONVERGE_DECL bool json_traits<managed_fields_entry>::decode(boost::json::value const& from,
                                                             managed_fields_entry& to,
                                                             decode_context& context)
{
    auto const* const entry = from.if_object();
    if (entry == nullptr)
        return context.refuse(from, "an object");
    if (!detail::decode_text_member(*entry, "manager", to.manager, context) ||
        !detail::decode_text_member(*entry, "operation", to.operation, context) ||
        !detail::decode_text_member(*entry, "fields", to.fields, context))
        return false;
    auto const* const tree = entry->if_contains("fieldsV1");
    if (tree == nullptr || tree->is_null())
        return true;
    if (!tree->is_object()) {
        context.enter_member("fieldsV1");
        return context.refuse(*tree, "an object");
    }
    to.fields = boost::json::serialize(*tree);
    return true;
}

} // namespace converge
