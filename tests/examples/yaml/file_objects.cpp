// SPDX-License-Identifier: BSL-1.0
#include "yaml/file_objects.hpp"

#include "examples/file_text.hpp"
#include "resources/deployment.hpp"
#include "resources/service.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using yaml_test::api_file;
using yaml_test::read;
using yaml_test::with;

namespace {

std::string error_of(std::string const& text)
{
    auto const objects = read(text);
    REQUIRE_FALSE(objects.has_value());
    return objects.error().what();
}

/// What is wrong in an object in one line of a file, after the file and the line.
std::string wrong_in(std::string const& kind, std::string const& rest)
{
    auto const text =
        error_of("{apiVersion: cluster.converge.dev/v1, kind: " + kind + ", " + rest + "}");
    REQUIRE(text.starts_with("f.yaml:1: "));
    return text.substr(10);
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
    CHECK(cluster::keys_of<cluster::deployment>(*objects).size() == 1);
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
          "f.yaml:5: spec.replicas: expected a number from 0 to 100000, got -1");
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
    auto const objects = cluster::load_objects({&file, 1});
    REQUIRE_FALSE(objects.has_value());
    CHECK(objects.error().is(converge::errc::not_found));
    CHECK(objects.error().what().starts_with("does/not/exist.yaml: "));
}

TEST_CASE("amounts and counts below zero are refused where they stand")
{
    auto const limited = [](std::string const& resources) {
        return error_of(with(api_file, "image: api:1", "image: api:1, resources: " + resources));
    };
    CHECK(limited("{requests: {cpu: -1}}") ==
          "f.yaml:11: spec.template.spec.containers[0].resources.requests.cpu: expected 0 or more, "
          "got -1");
    CHECK(limited("{limits: {example.com/gpu: -2}}") ==
          "f.yaml:11: spec.template.spec.containers[0].resources.limits[\"example.com/gpu\"]: "
          "expected 0 or more, got -2");
    CHECK(error_of("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  initContainers:\n"
                   "    - {name: a, resources: {requests: {memory: -1Gi}}}\n"
                   "  containers: [{name: b}]\n") ==
          "f.yaml:6: spec.initContainers[0].resources.requests.memory: expected 0 or more, got "
          "-1Gi");
    CHECK(error_of("{apiVersion: v1, kind: Node, metadata: {name: n}, "
                   "status: {capacity: {cpu: -1}}}") ==
          "f.yaml:1: status.capacity.cpu: expected 0 or more, got -1");
    std::string const type = "metadata: {name: t}, spec: ";
    CHECK(wrong_in("MachineType", type + "{capacity: {cpu: -500m}}") ==
          "spec.capacity.cpu: expected 0 or more, got -500m");
    CHECK(wrong_in("MachineType", type + "{capacity: {cpu: 1}, price: -3}") ==
          "spec.price: expected 0 or more, got -3");
    CHECK(wrong_in("MachineType", type + "{capacity: {cpu: 1}, bootDelayMilliseconds: -3}") ==
          "spec.bootDelayMilliseconds: expected 0 or more, got -3");
    std::string const scaling = "metadata: {name: default}, spec: ";
    CHECK(wrong_in("Autoscaler", scaling + "{maxMachinesTotal: -1}") ==
          "spec.maxMachinesTotal: expected 0 or more, got -1");
    CHECK(wrong_in("Autoscaler", scaling + "{provisionTimeoutSeconds: 0}") ==
          "spec.provisionTimeoutSeconds: expected 1 or more, got 0");
}

TEST_CASE("what nobody would listen to is refused")
{
    CHECK(wrong_in("Autoscaler", "metadata: {name: mine}") ==
          "metadata.name: expected \"default\", the one Autoscaler that a cluster has, got "
          "\"mine\"");
    CHECK(wrong_in("Machine", "metadata: {name: m, namespace: x}, spec: {machineType: t}") ==
          "metadata.namespace: \"x\": Machine is cluster-scoped; leave the namespace out");
}

TEST_CASE("a rollout that could never take a step is refused")
{
    auto const rolled = [](std::string const& bounds) {
        return error_of(with(api_file, "replicas: 3", "strategy: {rollingUpdate: " + bounds + "}"));
    };
    std::string const place = "f.yaml:5: spec.strategy.rollingUpdate.";
    CHECK(rolled("{maxSurge: 0, maxUnavailable: 0%}") ==
          place + "maxUnavailable: expected more than 0, because maxSurge is 0; raise one of them");
    CHECK(rolled("{maxSurge: some}") ==
          place + "maxSurge: expected a count or a share, such as 1 or 25%, got \"some\"");
    CHECK(rolled("{maxUnavailable: -1}") ==
          place + "maxUnavailable: expected a count or a share, such as 1 or 25%, got \"-1\"");
}

TEST_CASE("an object that stands there twice is refused, with both places")
{
    CHECK(error_of("{apiVersion: v1, kind: Node, metadata: {name: n}}\n---\n"
                   "{apiVersion: v1, kind: Node, metadata: {name: n}}\n") ==
          "f.yaml:3: metadata.name: Node n is already described in f.yaml:1; keep one of them");
}
