// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/core_traits.hpp>
#include <converge/codec/described_traits.hpp>
#include <converge/codec/json_traits.hpp>
#include <converge/codec/parse_json.hpp>
#include <converge/model/object_meta.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <utility>

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
    static boost::json::value encode(managed_fields_entry const& from)
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

    static bool decode(boost::json::value const& from, managed_fields_entry& to,
                       decode_context& context)
    {
        auto const* const entry = from.if_object();
        if (entry == nullptr)
            return context.refuse(from, "an object");
        if (!decode_text_member(*entry, "manager", to.manager, context) ||
            !decode_text_member(*entry, "operation", to.operation, context) ||
            !decode_text_member(*entry, "fields", to.fields, context))
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

private:
    static bool decode_text_member(boost::json::object const& entry, char const* name,
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
};

} // namespace converge
