// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/admission.hpp>
#include <converge/api/request.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/result.hpp>
#include <converge/core/time.hpp>
#include <converge/model/finalizers.hpp>
#include <converge/model/names.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace converge::detail {

inline constexpr char const* foreground_finalizer = "foregroundDeletion";
inline constexpr char const* orphan_finalizer = "orphan";

/// What a write needs from outside: drawn before the rules run, so that they stay pure.
struct write_facts {
    timestamp now{};
    std::uint64_t high = 0;
    std::uint64_t low = 0;
};

/// A random uid in the form of RFC 4122, version 4.
[[nodiscard]] inline uid make_uid(write_facts const& facts)
{
    auto const high = (facts.high & ~std::uint64_t{0xf000}) | 0x4000;
    auto const low = (facts.low & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);
    std::array<char, 37> text{};
    std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx",
                  static_cast<unsigned>(high >> 32), static_cast<unsigned>(high >> 16 & 0xffff),
                  static_cast<unsigned>(high & 0xffff), static_cast<unsigned>(low >> 48),
                  static_cast<unsigned long long>(low & 0xffffffffffff));
    return uid{text.data()};
}

/// Five characters that cannot spell a word, as Kubernetes' generated names end.
[[nodiscard]] inline std::string name_suffix(std::uint64_t bits)
{
    constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz2456789";
    std::string suffix;
    for (int i = 0; i < 5; ++i, bits /= alphabet.size())
        suffix += alphabet[bits % alphabet.size()];
    return suffix;
}

[[nodiscard]] inline timestamp whole_seconds(timestamp at)
{
    return std::chrono::floor<std::chrono::seconds>(at);
}

[[nodiscard]] inline result<void> check_owners(object_meta const& meta)
{
    owner_reference const* controller = nullptr;
    for (std::size_t i = 0; i != meta.owner_references.size(); ++i) {
        auto const& owner = meta.owner_references[i];
        auto const place = "metadata.ownerReferences[" + std::to_string(i) + "]";
        // Such an owner would count as gone, and the object be collected at once.
        if (owner.uid.empty())
            return failure{errc::invalid, owner.kind + " " + owner.name +
                                              " has no uid here; create it first and use what "
                                              "the api returned"}
                .at(place + ".uid");
        if (owner.controller && controller != nullptr)
            return failure{errc::invalid, controller->kind + " " + controller->name +
                                              " is the controller already, and there is only "
                                              "one; make " +
                                              owner.kind + " " + owner.name + " a plain owner"}
                .at(place + ".controller");
        if (owner.controller)
            controller = &owner;
    }
    return {};
}

[[nodiscard]] inline result<void> check_metadata(resource_type const& type,
                                                 object_meta const& meta)
{
    if (auto named = check_dns_subdomain(meta.name); !named)
        return std::move(named.error()).at("metadata.name");
    bool const namespaced = type.scope == scope::namespaced;
    if (namespaced) {
        if (auto spaced = check_dns_label(meta.namespace_); !spaced)
            return std::move(spaced.error()).at("metadata.namespace");
    } else if (!meta.namespace_.empty()) {
        return failure{errc::invalid, "\"" + meta.namespace_ +
                                          "\": " + std::string{type.kind.kind} +
                                          " is cluster-scoped; leave the namespace out"}
            .at("metadata.namespace");
    }
    for (auto const& [name, value] : meta.labels) {
        if (auto good = check_qualified_name(name); !good)
            return std::move(good.error()).at("metadata.labels");
        if (auto good = check_label_value(value); !good)
            return std::move(good.error()).at("metadata.labels[" + name + "]");
    }
    for (auto const& [name, value] : meta.annotations)
        if (auto good = check_qualified_name(name); !good)
            return std::move(good.error()).at("metadata.annotations");
    if (has_finalizer(meta, foreground_finalizer) && has_finalizer(meta, orphan_finalizer))
        return failure{errc::invalid,
                       "\"foregroundDeletion\" and \"orphan\": dependents can either go with the "
                       "object or stay; leave one of the two out"}
            .at("metadata.finalizers");
    for (auto const& name : meta.finalizers) {
        if (name == foreground_finalizer || name == orphan_finalizer)
            continue;
        if (auto good = check_qualified_name(name); !good)
            return std::move(good.error()).at("metadata.finalizers");
    }
    return check_owners(meta);
}

/// Makes a draft what a create stores, or says why not.
[[nodiscard]] inline result<void> prepare_create(draft_object& draft, write_facts const& facts)
{
    auto& meta = draft.metadata();
    auto const& type = draft.type();
    if (meta.resource_version)
        return failure{errc::invalid, "\"" + to_string(meta.resource_version) +
                                          "\": an object that is created has no revision yet; "
                                          "clear it, or update instead"}
            .at("metadata.resourceVersion");
    if (meta.name.empty() && !meta.generate_name.empty())
        meta.name = meta.generate_name + name_suffix(facts.low ^ facts.high);
    meta.uid = make_uid(facts);
    meta.generation = 1;
    meta.creation_timestamp = whole_seconds(facts.now);
    meta.deletion_timestamp.reset();
    meta.deletion_grace_period_seconds.reset();
    if (type.status_is_apart) {
        auto const blank = type.make();
        type.assign_status(draft.get(), blank.get());
    }
    return {};
}

/// Refuses a write that was made from another state than `before`.
[[nodiscard]] inline result<void> check_preconditions(any_object const& before, uid const& id,
                                                      revision seen)
{
    auto const& now = before.metadata();
    if (!id.empty() && id != now.uid)
        return failure{errc::conflict, "uid " + id.str() + " was expected, but the object is " +
                                           now.uid.str() +
                                           ": it was deleted and created again; read it again"}
            .at("metadata.uid");
    if (seen && seen != now.resource_version)
        return failure{errc::conflict, "revision " + to_string(seen) + " was expected, but it is " +
                                           to_string(now.resource_version) +
                                           ": the object changed; read it again"}
            .at("metadata.resourceVersion");
    return {};
}

/// Gives a draft what only the api may set, taken from the stored object.
inline void keep_api_fields(any_object const& before, draft_object& draft)
{
    auto const& then = before.metadata();
    auto& meta = draft.metadata();
    meta.name = then.name;
    meta.namespace_ = then.namespace_;
    meta.generate_name = then.generate_name;
    meta.uid = then.uid;
    meta.resource_version = then.resource_version;
    meta.generation = then.generation;
    meta.creation_timestamp = then.creation_timestamp;
    meta.deletion_timestamp = then.deletion_timestamp;
    meta.deletion_grace_period_seconds = then.deletion_grace_period_seconds;
    meta.managed_fields = then.managed_fields;
}

/// Makes a draft what an update stores: status and everything of the api as before.
[[nodiscard]] inline result<void> prepare_update(any_object const& before, draft_object& draft)
{
    auto const& type = draft.type();
    keep_api_fields(before, draft);
    if (type.status_is_apart)
        type.assign_status(draft.get(), before.get());
    auto const& then = before.metadata();
    if (then.being_deleted()) {
        for (auto const& name : draft.metadata().finalizers)
            if (!has_finalizer(then, name))
                return failure{errc::forbidden,
                               "\"" + name + "\": the object is being deleted; finalizers can "
                                             "only be removed from it"}
                    .at("metadata.finalizers");
    }
    return {};
}

/// Makes a draft what a status update stores: only the status is new.
inline void prepare_status(any_object const& before, draft_object& draft)
{
    auto next = draft_object{before};
    draft.type().assign_status(next.get(), draft.get());
    draft = std::move(next);
}

/// Takes back what a write of that verb must not change, and refuses what it must not add.
[[nodiscard]] inline result<void> confine(verb what, any_object const& before, draft_object& draft)
{
    if (what == verb::update_status || what == verb::patch_status) {
        prepare_status(before, draft);
        return {};
    }
    auto owners = draft.metadata().managed_fields;
    auto kept = prepare_update(before, draft);
    if (what == verb::apply)
        draft.metadata().managed_fields = std::move(owners);
    return kept;
}

/// Everything that may change or refuse a write, in order: the kind's own defaults and
/// validation around the hooks. No default and no hook reaches what the verb itself must not
/// change. `before` is empty for a create.
[[nodiscard]] inline result<void> admit(admission const& hooks, verb what, any_object const& before,
                                        draft_object& proposed)
{
    auto const& type = proposed.type();
    if (type.fill_defaults != nullptr)
        type.fill_defaults(proposed.get());
    admission_review asked{what, before, proposed};
    if (auto allowed = hooks.review(asked); !allowed)
        return allowed;
    if (before)
        if (auto kept = confine(what, before, proposed); !kept)
            return kept;
    if (auto good = check_metadata(type, proposed.metadata()); !good)
        return good;
    return type.validate == nullptr ? result<void>{} : type.validate(proposed.get());
}

/// Whether writing the draft would change nothing; else counts the generation up if what is
/// desired changed.
[[nodiscard]] inline bool settle_generation(any_object const& before, draft_object& draft)
{
    auto const& type = draft.type();
    bool const same_desired = type.same_desired(before.get(), draft.get());
    if (same_desired && before.metadata() == draft.metadata() &&
        type.same_status(before.get(), draft.get()))
        return true;
    if (!same_desired)
        ++draft.metadata().generation;
    return false;
}

/// Marks an object deleted; @returns whether it must stay for its finalizers. Foreground and orphan
/// take the place of one another; background, which is also what who says nothing says, leaves
/// what was chosen before.
[[nodiscard]] inline bool mark_deleted(draft_object& draft, propagation how, timestamp now)
{
    auto& meta = draft.metadata();
    if (how != propagation::background) {
        bool const orphans = how == propagation::orphan;
        remove_finalizer(meta, orphans ? foreground_finalizer : orphan_finalizer);
        add_finalizer(meta, orphans ? orphan_finalizer : foreground_finalizer);
    }
    if (!meta.deletion_timestamp) {
        meta.deletion_timestamp = whole_seconds(now);
        ++meta.generation;
    }
    return !meta.finalizers.empty();
}

} // namespace converge::detail
