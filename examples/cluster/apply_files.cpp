// SPDX-License-Identifier: BSL-1.0
#include "cluster/apply_files.hpp"

#include "resources/autoscaler.hpp"
#include "resources/config_map.hpp"
#include "resources/deployment.hpp"
#include "resources/endpoint_slice.hpp"
#include "resources/machine.hpp"
#include "resources/machine_type.hpp"
#include "resources/namespace_resource.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"
#include "resources/replica_set.hpp"
#include "resources/secret.hpp"
#include "resources/service.hpp"
#include "resources/similar_word.hpp"

#include <converge/model/label_selector.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace cluster {

namespace {

using converge::errc;
using converge::failure;
using converge::object;
using converge::result;

result<void> refuse(std::string path, std::string message)
{
    return failure{errc::invalid, std::move(message)}.at(std::move(path));
}

result<void> check_containers(pod::spec const& of, std::string const& path)
{
    if (of.containers.empty())
        return refuse(path + "containers",
                      "expected at least one container, such as \"- {name: api, image: api:1}\"");
    for (std::size_t i = 0; i < of.containers.size(); ++i)
        if (of.containers[i].name.empty())
            return refuse(path + "containers[" + std::to_string(i) + "].name",
                          "the container needs a name, such as \"name: api\"");
    return {};
}

/// For what is made from a template.
template <class R>
result<void> check_workload(object<R> const& of)
{
    constexpr int replicas_max = 1000;
    auto const& spec = of.spec;
    if (spec.replicas < 0 || spec.replicas > replicas_max)
        return refuse("spec.replicas", "expected a number from 0 to " +
                                           std::to_string(replicas_max) + ", got " +
                                           std::to_string(spec.replicas));
    if (auto good = check_containers(spec.template_.spec, "spec.template.spec."); !good)
        return good;
    auto const selector = compile(spec.selector);
    if (!selector) {
        auto reason = selector.error();
        auto path = "spec.selector." + reason.path;
        return std::move(reason).at(std::move(path));
    }
    if (selector->empty())
        return refuse("spec.selector", "expected labels that the template has, such as "
                                       "\"matchLabels: {app: api}\"");
    if (!selector->matches(spec.template_.metadata.labels))
        return refuse("spec.template.metadata.labels",
                      "spec.selector asks for \"" + selector->str() +
                          "\", and the template does not have it; give both the same labels");
    return {};
}

result<void> check(object<deployment> const& of) { return check_workload(of); }
result<void> check(object<replica_set> const& of) { return check_workload(of); }
result<void> check(object<pod> const& of) { return check_containers(of.spec, "spec."); }

result<void> check(object<machine_type> const& of)
{
    if (of.spec.capacity.empty())
        return refuse("spec.capacity", "expected what a machine of this type has, such as "
                                       "\"{cpu: 2, memory: 4Gi, pods: 110}\"");
    if (of.spec.max_machines < 0)
        return refuse("spec.maxMachines",
                      "expected 0 or more, got " + std::to_string(of.spec.max_machines));
    return {};
}

result<void> check(object<machine> const& of)
{
    if (of.spec.machine_type.empty())
        return refuse("spec.machineType",
                      "expected the name of a MachineType, such as \"ssd-small\"");
    return {};
}

template <class R>
result<void> check(object<R> const&)
{
    return {};
}

template <class R>
result<converge::any_object> read_as(manifest const& from)
{
    auto decoded = decode_manifest<R>(from);
    if (!decoded)
        return decoded.error();
    auto& meta = decoded->metadata;
    if (meta.name.empty())
        return from.located(
            failure{errc::invalid, "the object needs a name, such as \"name: api\""}.at(
                "metadata.name"));
    if (meta.namespace_.empty())
        meta.namespace_ = converge::key<R>{meta.name}.namespace_;
    if (auto const good = check(*decoded); !good)
        return from.located(good.error());
    return converge::any_object{std::move(*decoded)};
}

using reader = result<converge::any_object> (*)(manifest const&);

template <class... Rs>
std::map<std::string, reader, std::less<>> readers()
{
    return {{std::string{Rs::kind.kind}, &read_as<Rs>}...};
}

/// The kinds that people write; the others are made by the cluster.
std::map<std::string, reader, std::less<>> const& known_kinds()
{
    static auto const known =
        readers<autoscaler, config_map, deployment, endpoint_slice, machine, machine_type,
                namespace_resource, node, pod, replica_set, secret, service>();
    return known;
}

failure unknown_kind(manifest const& from)
{
    std::vector<std::string> names;
    std::string expected;
    for (auto const& [name, read] : known_kinds()) {
        names.push_back(name);
        expected += (expected.empty() ? "" : ", ") + name;
    }
    auto const meant = similar_word(from.kind(), names);
    auto const message = "\"" + std::string{from.kind()} + "\" is not one of " + expected +
                         (meant.empty() ? "" : "; did you mean \"" + meant + "\"?");
    return from.located(failure{errc::invalid, message}.at("kind"));
}

/// Of the first object that stands there twice.
result<void> check_unique(std::vector<file_object> const& objects)
{
    std::map<std::string, manifest const*> seen;
    for (auto const& each : objects) {
        auto const [entry, fresh] = seen.try_emplace(to_string(each.object.ref()), &each.from);
        if (!fresh)
            return each.from.located(
                failure{errc::invalid,
                        entry->first + " is already described in " + entry->second->file + ':' +
                            std::to_string(entry->second->lines.line_of("metadata.name")) +
                            "; keep one of them"}
                    .at("metadata.name"));
    }
    return {};
}

} // namespace

result<file_object> read_object(manifest from)
{
    auto const known = known_kinds().find(from.kind());
    if (known == known_kinds().end())
        return unknown_kind(from);
    auto read = known->second(from);
    if (!read)
        return read.error();
    return file_object{std::move(*read), std::move(from)};
}

result<std::vector<file_object>> read_objects(std::span<std::filesystem::path const> files)
{
    std::vector<file_object> objects;
    for (auto const& file : files) {
        auto manifests = load_manifests(file);
        if (!manifests)
            return manifests.error();
        for (auto& each : *manifests) {
            auto read = read_object(std::move(each));
            if (!read)
                return read.error();
            objects.push_back(std::move(*read));
        }
    }
    if (auto const good = check_unique(objects); !good)
        return good.error();
    return objects;
}

converge::task<> apply_objects(converge::client api, std::vector<file_object> objects)
{
    for (auto const& each : objects) {
        converge::draft_object body{each.object};
        auto how = converge::write_options{}.as(api.manager());
        auto asked =
            converge::request::write(converge::verb::apply, std::move(body), std::move(how));
        std::optional<failure> refused;
        try {
            co_await api.through()->send(std::move(asked));
        } catch (converge::error const& failed) {
            refused = failed.reason();
        }
        if (!refused)
            continue;
        // The place says which object it is.
        refused->object = {};
        throw converge::error{each.from.located(*refused)};
    }
}

} // namespace cluster
