// SPDX-License-Identifier: BSL-1.0
#include "cluster/apply_files.hpp"

#include "resources/deployment.hpp"
#include "resources/machine.hpp"
#include "resources/service.hpp"

#include <converge/async/block_on.hpp>
#include <converge/store/memory_store.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>

using cluster::deployment;
using cluster::file_object;
using cluster::read_manifests;
using cluster::read_object;

namespace {

std::string const api_file = "apiVersion: apps/v1\n"                   // 1
                             "kind: Deployment\n"                      // 2
                             "metadata: {name: api}\n"                 // 3
                             "spec:\n"                                 // 4
                             "  replicas: 3\n"                         // 5
                             "  selector: {matchLabels: {app: api}}\n" // 6
                             "  template:\n"                           // 7
                             "    metadata: {labels: {app: api}}\n"    // 8
                             "    spec:\n"                             // 9
                             "      containers:\n"                     // 10
                             "        - {name: main, image: api:1}\n"; // 11

std::string with(std::string text, std::string_view old, std::string_view replacement)
{
    auto const at = text.find(old);
    REQUIRE(at != text.npos);
    return text.replace(at, old.size(), replacement);
}

converge::result<std::vector<file_object>> read(std::string const& text)
{
    auto manifests = read_manifests(text, "f.yaml");
    REQUIRE_MESSAGE(manifests.has_value(), manifests.error().what());
    std::vector<file_object> objects;
    for (auto& each : *manifests) {
        auto object = read_object(std::move(each));
        if (!object)
            return object.error();
        objects.push_back(std::move(*object));
    }
    return objects;
}

std::string error_of(std::string const& text)
{
    auto const objects = read(text);
    REQUIRE_FALSE(objects.has_value());
    return objects.error().what();
}

converge::task<> apply(converge::client api, std::vector<file_object> objects, std::string& refusal)
{
    try {
        co_await cluster::apply_objects(std::move(api), std::move(objects));
    } catch (converge::error const& failed) {
        refusal = failed.what();
    }
}

/// @returns what the api said against it; empty if nothing.
std::string applied(converge::memory_store& store, std::string const& text)
{
    converge::client const api{store};
    auto objects = read(text);
    REQUIRE_MESSAGE(objects.has_value(), objects.error().what());
    std::string refusal;
    CHECK(converge::block_on(apply(api.as("kubectl"), std::move(*objects), refusal)) == 0);
    return refusal;
}

} // namespace

TEST_CASE("a namespaced object without a namespace goes to the default one")
{
    auto const objects = read(api_file + "---\napiVersion: cluster.converge.dev/v1\nkind: Machine\n"
                                         "metadata: {name: n1}\nspec: {machineType: small}\n");
    REQUIRE(objects.has_value());
    REQUIRE(objects->size() == 2);
    CHECK(to_string(objects->front().object.key()) == "default/api");
    CHECK(to_string(objects->back().object.key()) == "n1");
    CHECK(cluster::keys_of<deployment>(*objects).size() == 1);
    CHECK(cluster::keys_of<cluster::service>(*objects).empty());
}

TEST_CASE("an unknown kind is refused with file, line, the known kinds and what may be meant")
{
    auto const text = error_of(with(api_file, "kind: Deployment", "kind: Deploymant"));
    CHECK(text.starts_with("f.yaml:2: kind: \"Deploymant\" is not one of "));
    CHECK(text.find("ConfigMap, Deployment, ") != text.npos);
    CHECK(text.find("did you mean \"Deployment\"?") != text.npos);
    CHECK(error_of("apiVersion: v1\nkind: Event\nmetadata: {name: e}\n").find("not one of") !=
          std::string::npos);
}

TEST_CASE("what is wrong in a file is named with line, field, value and remedy")
{
    CHECK(error_of(with(api_file, "replicas: 3", "replicas: -1")) ==
          "f.yaml:5: spec.replicas: expected a number from 0 to 1000, got -1");
    CHECK(error_of(with(api_file, "replicas: 3", "replicas: three"))
              .starts_with("f.yaml:5: spec.replicas: expected an integer"));
    CHECK(error_of(with(api_file, "replicas: 3", "replica: 3")).starts_with("f.yaml:5: "));
    CHECK(error_of(with(api_file, "{name: api}", "{labels: {app: api}}")) ==
          "f.yaml:3: metadata.name: the object needs a name, such as \"name: api\"");
    CHECK(error_of(with(api_file, "apps/v1", "apps/v2")).starts_with("f.yaml:1: apiVersion: "));
    CHECK(error_of(with(api_file, "labels: {app: api}", "labels: {app: web}")) ==
          "f.yaml:8: spec.template.metadata.labels: spec.selector asks for \"app=api\", and the "
          "template does not have it; give both the same labels");
    CHECK(error_of(with(api_file, "selector: {matchLabels: {app: api}}", "selector: {}"))
              .starts_with("f.yaml:6: spec.selector: expected labels that the template has"));
    CHECK(error_of(with(api_file, "{name: main, image: api:1}", "{image: api:1}"))
              .starts_with("f.yaml:11: spec.template.spec.containers[0].name: "));
}

TEST_CASE("a file that does not exist is refused")
{
    std::filesystem::path const file{"does/not/exist.yaml"};
    auto const objects = cluster::read_objects({&file, 1});
    REQUIRE_FALSE(objects.has_value());
    CHECK(objects.error().is(converge::errc::not_found));
    CHECK(objects.error().what().starts_with("does/not/exist.yaml: "));
}

TEST_CASE("objects are applied once, however often the file is")
{
    converge::memory_store store;
    CHECK(applied(store, api_file).empty());
    auto const first = store.newest();
    CHECK(first == converge::revision{1});
    auto const stored = store.get("apps/deployments/default/api");
    REQUIRE(stored.has_value());
    auto const api = stored->value.as<deployment>();
    CHECK(api->spec.replicas == 3);
    REQUIRE(api->metadata.managed_fields.size() == 1);
    CHECK(api->metadata.managed_fields.front().manager == "kubectl");
    CHECK(applied(store, api_file).empty());
    CHECK(store.newest() == first);
}

TEST_CASE("what the api refuses is named with file and line, and ends the apply")
{
    converge::memory_store store;
    auto const two = with(api_file, "name: api", "name: Api") + "---\n" + api_file;
    CHECK(applied(store, two).starts_with("f.yaml:3: metadata.name: "));
    CHECK(store.newest() == converge::revision{});
}
