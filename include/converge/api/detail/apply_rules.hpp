// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/detail/keyed_lists.hpp>
#include <converge/api/detail/write_rules.hpp>
#include <converge/api/write_options.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/codec/field_set.hpp>
#include <converge/codec/merge_patch.hpp>
#include <converge/core/result.hpp>

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::detail {

inline constexpr std::string_view apply_operation = "Apply";

/// What a manager can own of a document: not what the api sets, not the status.
[[nodiscard]] inline boost::json::value appliable(resource_type const& type,
                                                  boost::json::value document)
{
    auto& members = document.as_object();
    members.erase("apiVersion");
    members.erase("kind");
    if (type.status_is_apart)
        members.erase("status");
    if (auto* metadata = members.if_contains("metadata")) {
        auto& fields = metadata->as_object();
        for (auto const* name : {"name", "generateName", "namespace", "uid", "resourceVersion",
                                 "generation", "creationTimestamp", "deletionTimestamp",
                                 "deletionGracePeriodSeconds", "managedFields"})
            fields.erase(name);
        if (fields.empty())
            members.erase("metadata");
    }
    return document;
}

/// Who owns what, split into the manager that applies and all others.
struct ownership {
    field_set mine;
    field_set others;
    /// The first other manager that owns a field of `contested`, and that field.
    std::string holder;
    std::string contested_field;
};

[[nodiscard]] inline result<ownership> ownership_of(object_meta const& meta,
                                                    std::string const& manager,
                                                    field_set const& contested)
{
    ownership found;
    for (auto const& entry : meta.managed_fields) {
        auto fields = field_set::parse(entry.fields);
        if (!fields)
            return fields.error();
        if (entry.manager == manager) {
            found.mine = found.mine | *fields;
            continue;
        }
        found.others = found.others | *fields;
        if (auto const overlap = (*fields & contested).paths();
            found.holder.empty() && !overlap.empty()) {
            found.holder = entry.manager;
            found.contested_field = overlap.front();
        }
    }
    return found;
}

/// The owners after `manager` applied `wanted`; what it took from others leaves them.
[[nodiscard]] inline std::vector<managed_fields_entry>
owners_after(object_meta const& meta, std::string const& manager, field_set const& wanted,
             field_set const& taken)
{
    std::vector<managed_fields_entry> owners;
    bool entered = false;
    for (auto const& entry : meta.managed_fields) {
        if (entry.manager == manager) {
            if (!entered)
                owners.push_back({manager, std::string{apply_operation}, wanted.str()});
            entered = true;
            continue;
        }
        auto const left = field_set::parse(entry.fields).value() - taken;
        if (!left.empty())
            owners.push_back({entry.manager, entry.operation, left.str()});
    }
    if (!entered)
        owners.push_back({manager, std::string{apply_operation}, wanted.str()});
    return owners;
}

/// Refuses what an apply could only ever create.
[[nodiscard]] inline result<void> check_named(object_meta const& desired)
{
    if (!desired.name.empty())
        return {};
    return failure{errc::invalid, "\"\": an apply finds its object by the name; name it, or create "
                                  "it if the api shall make a name"}
        .at("metadata.name");
}

/// Refuses to bring an object back that was deleted after the caller read it.
[[nodiscard]] inline result<void> check_never_seen(object_meta const& desired)
{
    if (desired.uid.empty() && !desired.resource_version)
        return {};
    return failure{errc::conflict,
                   desired.uid.empty() ? "revision " + to_string(desired.resource_version) +
                                             " was expected, but there is no such object; apply "
                                             "it without a revision to create it"
                                       : "uid " + desired.uid.str() +
                                             " was expected, but it was deleted; apply it "
                                             "without uid and revision to create another"}
        .at(desired.uid.empty() ? "metadata.resourceVersion" : "metadata.uid");
}

/// The object that applying `desired` over `before` (empty: nothing is stored) proposes.
[[nodiscard]] inline result<draft_object> applied_to(any_object const& before,
                                                     draft_object const& desired,
                                                     write_options const& how)
{
    auto const& type = desired.type();
    auto const& seen = desired.metadata();
    if (auto named = check_named(seen); !named)
        return named.error();
    auto const wish = appliable(type, with_keyed_lists(type.encode(desired.get())));
    auto const wanted = field_set::of(wish);
    if (!before) {
        if (auto unseen = check_never_seen(seen); !unseen)
            return unseen.error();
        auto draft = desired.copy();
        draft.metadata().managed_fields = owners_after({}, how.manager(), wanted, {});
        return draft;
    }
    if (auto same = check_preconditions(before, seen.uid, seen.resource_version); !same)
        return same.error();
    auto document = with_keyed_lists(before.to_json());
    auto const present = appliable(type, document);
    auto const changed = field_set::changed(present, wish) & wanted;
    auto owned = ownership_of(before.metadata(), how.manager(), changed);
    if (!owned)
        return owned.error();
    if (!owned->holder.empty() && !how.is_forced())
        return failure{errc::conflict, "\"" + owned->holder +
                                           "\" applied this field with another value; leave it "
                                           "out, or force the apply to take it over"}
            .at(owned->contested_field);
    (owned->mine - wanted - owned->others).remove_from(document);
    merge_patch(document, wish);
    auto decoded = type.decode(with_plain_lists(std::move(document)), decode_options{});
    if (!decoded)
        return decoded.error();
    draft_object draft{type, std::move(*decoded)};
    keep_api_fields(before, draft);
    draft.metadata().managed_fields =
        owners_after(before.metadata(), how.manager(), wanted, changed);
    return draft;
}

} // namespace converge::detail
