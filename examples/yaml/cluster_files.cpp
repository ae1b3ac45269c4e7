// SPDX-License-Identifier: BSL-1.0
#include "yaml/cluster_files.hpp"

#include "resources/deployment.hpp"
#include "resources/replica_set.hpp"
#include "resources/similar_word.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace cluster {

namespace {

template <class R>
void complete(converge::object<R>& of)
{
    // The key of a name alone has the namespace that the kind prefers.
    auto const preferred = converge::key<R>{of.metadata.name}.namespace_;
    if (preferred.empty() || of.metadata.namespace_.empty())
        of.metadata.namespace_ = preferred;
    if (of.metadata.uid.empty())
        of.metadata.uid = converge::uid{to_string(of.key())};
}

template <class R>
converge::result<converge::object<R>> read(manifest const& from)
{
    auto decoded = decode_manifest<R>(from);
    if (!decoded)
        return decoded;
    if (decoded->metadata.name.empty())
        return from.located(converge::failure{converge::errc::invalid,
                                              "the object needs a name, such as \"name: api\""}
                                .at("metadata.name"));
    complete(*decoded);
    return decoded;
}

template <class R>
converge::result<void> add_to(std::vector<converge::object<R>>& list, manifest const& from)
{
    auto decoded = read<R>(from);
    if (!decoded)
        return decoded.error();
    list.push_back(std::move(*decoded));
    return {};
}

template <class R>
converge::result<void> add_replicas(std::vector<converge::object<pod>>& pods, manifest const& from)
{
    constexpr int replicas_max = 100'000;
    auto const owner = read<R>(from);
    if (!owner)
        return owner.error();
    if (owner->spec.replicas < 0 || owner->spec.replicas > replicas_max)
        return from.located(converge::failure{
            converge::errc::invalid, "expected a number from 0 to " + std::to_string(replicas_max) +
                                         ", got " + std::to_string(owner->spec.replicas)}
                                .at("spec.replicas"));
    for (int i = 0; i != owner->spec.replicas; ++i) {
        converge::object<pod> replica{converge::in_namespace{owner->metadata.namespace_},
                                      owner->metadata.name + "-" + std::to_string(i),
                                      owner->spec.template_.spec};
        replica.metadata.labels = owner->spec.template_.metadata.labels;
        replica.metadata.annotations = owner->spec.template_.metadata.annotations;
        complete(replica);
        pods.push_back(std::move(replica));
    }
    return {};
}

converge::result<void> add_node(std::vector<converge::object<node>>& nodes, manifest const& from)
{
    auto const added = add_to(nodes, from);
    if (added && nodes.back().status.conditions.empty())
        nodes.back().status.conditions.push_back(
            {node_condition::ready, "True", "AsDescribed", "", {}, 0});
    return added;
}

converge::failure unknown_kind(manifest const& from, std::span<std::string const> kinds)
{
    auto const meant = similar_word(from.kind(), kinds);
    std::string expected;
    for (auto const& kind : kinds)
        expected += (expected.empty() ? "" : ", ") + kind;
    return from.located(converge::failure{
        converge::errc::invalid, "\"" + std::string{from.kind()} + "\" is not one of " + expected +
                                     (meant.empty() ? "" : "; did you mean \"" + meant + "\"?")}
                            .at("kind"));
}

} // namespace

converge::result<void> add_manifest(manifest const& from, cluster_files& to)
{
    auto const kind = from.kind();
    if (kind == pod::kind.kind)
        return add_to(to.pods, from);
    if (kind == node::kind.kind)
        return add_node(to.nodes, from);
    if (kind == "Deployment")
        return add_replicas<deployment>(to.pods, from);
    if (kind == "ReplicaSet")
        return add_replicas<replica_set>(to.pods, from);
    if (kind == machine_type::kind.kind)
        return add_to(to.machine_types, from);
    if (kind == autoscaler::kind.kind) {
        auto decoded = read<autoscaler>(from);
        if (!decoded)
            return decoded.error();
        to.scaling = std::move(*decoded);
        return {};
    }
    static std::array<std::string, 11> const kinds{
        "Pod",     "Node",      "Deployment", "ReplicaSet", "MachineType",  "Autoscaler",
        "Service", "ConfigMap", "Secret",     "Namespace",  "EndpointSlice"};
    if (std::find(kinds.begin() + 6, kinds.end(), kind) != kinds.end())
        return {};
    return unknown_kind(from, kinds);
}

converge::result<cluster_files> load_cluster_files(std::span<std::filesystem::path const> files)
{
    cluster_files loaded;
    for (auto const& file : files) {
        auto const manifests = load_manifests(file);
        if (!manifests)
            return manifests.error();
        for (auto const& each : *manifests)
            if (auto const added = add_manifest(each, loaded); !added)
                return added.error();
    }
    return loaded;
}

} // namespace cluster
