// SPDX-License-Identifier: BSL-1.0
#include "yaml/cluster_files.hpp"

#include "examples/file_text.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

converge::result<cluster::cluster_files> loaded(std::string const& text)
{
    auto const objects = yaml_test::read(text);
    if (!objects)
        return objects.error();
    return cluster::cluster_files_of(*objects);
}

} // namespace

TEST_CASE("a Deployment becomes its pods, with the template's labels")
{
    auto const files = loaded("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\n"
                              "spec: {replicas: 2, selector: {matchLabels: {app: api}},\n"
                              "  template: {metadata: {labels: {app: api}},\n"
                              "  spec: {containers: [{name: api}], nodeSelector: {disk: ssd}}}}\n");
    REQUIRE_MESSAGE(files.has_value(), files.error().what());
    REQUIRE(files->pods.size() == 2);
    CHECK(to_string(files->pods[1].key()) == "default/api-1");
    CHECK(files->pods[1].metadata.labels.at("app") == "api");
    CHECK(files->pods[1].spec.node_selector.at("disk") == "ssd");
    CHECK(files->pods[0].metadata.uid != files->pods[1].metadata.uid);
}

TEST_CASE("a node that does not say otherwise is ready")
{
    auto const files = loaded("{apiVersion: v1, kind: Node, metadata: {name: a}}\n---\n"
                              "{apiVersion: v1, kind: Node, metadata: {name: b}, "
                              "status: {conditions: [{type: Ready, status: 'False'}]}}\n");
    REQUIRE_MESSAGE(files.has_value(), files.error().what());
    CHECK(converge::is_true(files->nodes[0].status.conditions, "Ready"));
    CHECK_FALSE(converge::is_true(files->nodes[1].status.conditions, "Ready"));
    CHECK(files->nodes[0].metadata.namespace_.empty());
}

TEST_CASE("kinds that do not place anything are passed over, unknown ones are refused")
{
    CHECK(loaded("{apiVersion: v1, kind: Service, metadata: {name: a}}").has_value());
    auto const misspelt = loaded("apiVersion: apps/v1\nkind: Deploymnet\nmetadata: {name: a}\n");
    REQUIRE_FALSE(misspelt.has_value());
    CHECK(misspelt.error().what().starts_with("f.yaml:2: kind: \"Deploymnet\" is not one of "));
    CHECK(misspelt.error().what().ends_with("; did you mean \"Deployment\"?"));
}

TEST_CASE("objects need names, and counts have bounds")
{
    CHECK(loaded("{apiVersion: v1, kind: Pod}").error().what() ==
          "f.yaml:1: metadata.name: the object needs a name, such as \"name: api\"");
    CHECK(loaded("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, "
                 "spec: {replicas: -1}}")
              .error()
              .what() == "f.yaml:1: spec.replicas: expected a number from 0 to 100000, got -1");
}

TEST_CASE("one pod is not described twice, by whatever objects")
{
    auto const twice =
        loaded(yaml_test::api_file + "---\n" // 12
                                     "{apiVersion: v1, kind: Pod, metadata: {name: api-1}, "
                                     "spec: {containers: [{name: main}]}}\n");
    REQUIRE_FALSE(twice.has_value());
    CHECK(twice.error().what() ==
          "f.yaml:13: metadata.name: Pod default/api-1 is already described in f.yaml:3; give one "
          "of them another name");
}

TEST_CASE("machines and machine types are read")
{
    auto const files = loaded("{apiVersion: cluster.converge.dev/v1, kind: Machine, "
                              "metadata: {name: m}, spec: {machineType: t}}\n---\n"
                              "{apiVersion: cluster.converge.dev/v1, kind: MachineType, "
                              "metadata: {name: t}, spec: {capacity: {cpu: 1}}}\n");
    REQUIRE_MESSAGE(files.has_value(), files.error().what());
    REQUIRE(files->machines.size() == 1);
    CHECK(files->machines.front().spec.machine_type == "t");
    CHECK(files->machine_types.size() == 1);
}
