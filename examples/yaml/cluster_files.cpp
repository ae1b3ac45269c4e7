// SPDX-License-Identifier: BSL-1.0
#include "yaml/cluster_files.hpp"

#include "resources/deployment.hpp"
#include "resources/replica_set.hpp"

#include <map>
#include <string>
#include <utility>

namespace cluster {

namespace {

using converge::object;
using converge::result;

/// Fills `cluster_files` object by object.
class reading {
public:
    result<void> add(file_object const& each)
    {
        auto const& what = each.object;
        if (what.is<pod>())
            return add_pod(*what.as<pod>(), each.from);
        if (what.is<deployment>())
            return add_replicas(*what.as<deployment>(), each.from);
        if (what.is<replica_set>())
            return add_replicas(*what.as<replica_set>(), each.from);
        if (what.is<node>())
            add_node(completed(*what.as<node>()));
        else if (what.is<machine>())
            loaded_.machines.push_back(completed(*what.as<machine>()));
        else if (what.is<machine_type>())
            loaded_.machine_types.push_back(completed(*what.as<machine_type>()));
        else if (what.is<autoscaler>())
            loaded_.scaling = completed(*what.as<autoscaler>());
        return {};
    }

    [[nodiscard]] cluster_files take() && { return std::move(loaded_); }

private:
    template <class R>
    static object<R> completed(object<R> of)
    {
        if (of.metadata.uid.empty())
            of.metadata.uid = converge::uid{to_string(of.key())};
        return of;
    }

    result<void> add_pod(object<pod> one, manifest const& from)
    {
        auto const [known, fresh] = described_in_.try_emplace(one.key(), &from);
        if (!fresh)
            return from.located(converge::failure{
                converge::errc::invalid,
                "Pod " + to_string(one.key()) + " is already described in " +
                    known->second->place_of("metadata.name") + "; give one of them another name"}
                                    .at("metadata.name"));
        loaded_.pods.push_back(completed(std::move(one)));
        return {};
    }

    template <class R>
    result<void> add_replicas(object<R> const& owner, manifest const& from)
    {
        auto const& content = owner.spec.template_;
        for (int i = 0; i != owner.spec.replicas; ++i) {
            object<pod> replica{converge::in_namespace{owner.metadata.namespace_},
                                owner.metadata.name + "-" + std::to_string(i), content.spec};
            replica.metadata.labels = content.metadata.labels;
            replica.metadata.annotations = content.metadata.annotations;
            if (auto added = add_pod(std::move(replica), from); !added)
                return added;
        }
        return {};
    }

    void add_node(object<node> one)
    {
        if (one.status.conditions.empty())
            one.status.conditions.push_back(
                {node_condition::ready, "True", "AsDescribed", "", {}, 0});
        loaded_.nodes.push_back(std::move(one));
    }

    cluster_files loaded_;
    std::map<converge::key<pod>, manifest const*> described_in_;
};

} // namespace

result<cluster_files> cluster_files_of(std::vector<file_object> const& objects)
{
    reading all;
    for (auto const& each : objects)
        if (auto const added = all.add(each); !added)
            return added.error();
    return std::move(all).take();
}

result<cluster_files> load_cluster_files(std::span<std::filesystem::path const> files)
{
    auto const objects = load_objects(files);
    if (!objects)
        return objects.error();
    return cluster_files_of(*objects);
}

} // namespace cluster
