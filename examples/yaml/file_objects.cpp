// SPDX-License-Identifier: BSL-1.0
#include "yaml/file_objects.hpp"

#include "resources/config_map.hpp"
#include "resources/endpoint_slice.hpp"
#include "resources/namespace_resource.hpp"
#include "resources/secret.hpp"
#include "resources/service.hpp"
#include "resources/similar_word.hpp"
#include "yaml/check_object.hpp"

#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace cluster {

namespace {

using converge::errc;
using converge::failure;
using converge::result;

failure wrong(std::string path, std::string message)
{
    return failure{errc::invalid, std::move(message)}.at(std::move(path));
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
            wrong("metadata.name", "the object needs a name, such as \"name: api\""));
    // The key of a name alone has the namespace that the kind prefers.
    auto const preferred = converge::key<R>{meta.name}.namespace_;
    if (preferred.empty() && !meta.namespace_.empty())
        return from.located(wrong("metadata.namespace",
                                  "\"" + meta.namespace_ + "\": " + std::string{R::kind.kind} +
                                      " is cluster-scoped; leave the namespace out"));
    if (meta.namespace_.empty())
        meta.namespace_ = preferred;
    if (auto const good = check_object(*decoded); !good)
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
    return from.located(
        wrong("kind", "\"" + std::string{from.kind()} + "\" is not one of " + expected +
                          (meant.empty() ? "" : "; did you mean \"" + meant + "\"?")));
}

/// Of the first object that stands there twice.
result<void> check_unique(std::vector<file_object> const& objects)
{
    std::map<std::string, manifest const*> seen;
    for (auto const& each : objects) {
        auto const [entry, fresh] = seen.try_emplace(to_string(each.object.ref()), &each.from);
        if (!fresh)
            return each.from.located(
                wrong("metadata.name", entry->first + " is already described in " +
                                           entry->second->place_of("metadata.name") +
                                           "; keep one of them"));
    }
    return {};
}

} // namespace

result<std::vector<file_object>> read_objects(std::vector<manifest> manifests)
{
    std::vector<file_object> objects;
    for (auto& each : manifests) {
        auto const known = known_kinds().find(each.kind());
        if (known == known_kinds().end())
            return unknown_kind(each);
        auto read = known->second(each);
        if (!read)
            return read.error();
        objects.push_back({std::move(*read), std::move(each)});
    }
    if (auto const good = check_unique(objects); !good)
        return good.error();
    return objects;
}

result<std::vector<file_object>> load_objects(std::span<std::filesystem::path const> files)
{
    std::vector<manifest> all;
    for (auto const& file : files) {
        auto manifests = load_manifests(file);
        if (!manifests)
            return manifests.error();
        all.insert(all.end(), std::make_move_iterator(manifests->begin()),
                   std::make_move_iterator(manifests->end()));
    }
    return read_objects(std::move(all));
}

} // namespace cluster
