// SPDX-License-Identifier: BSL-1.0
#include "autoscaler/node_from_machine_type.hpp"

#include "../objects.hpp"
#include "autoscaler/machine_name.hpp"

#include <doctest/doctest.h>

using namespace objects;

TEST_CASE("a node has the labels, taints and capacity of its machine type")
{
    auto type = machine_type("ssd-small", "2", "4Gi", {{"disk", "ssd"}}, "10", 3);
    type.spec.taints.push_back({"dedicated", "", cluster::taint_effect::no_execute});
    auto const made = autoscaling::node_from_machine_type(type, "n2");
    CHECK(made.metadata.name == "n2");
    CHECK(made.metadata.namespace_.empty());
    CHECK(made.metadata.labels == labels{{"disk", "ssd"},
                                         {"kubernetes.io/hostname", "n2"},
                                         {"node.kubernetes.io/instance-type", "ssd-small"}});
    CHECK(made.spec.taints == type.spec.taints);
    CHECK(made.status.capacity.at("cpu") == amount("2"));
    CHECK(made.status.allocatable.at("memory") == amount("4Gi"));
    CHECK(made.status.allocatable.at("pods") == amount("110"));
    CHECK(made.status.node_info.machine_type == "ssd-small");
    CHECK(converge::is_true(made.status.conditions, "Ready"));
}

TEST_CASE("machines are called by their type and a number")
{
    CHECK(autoscaling::machine_name("ssd-small", 0) == "ssd-small-0");
    CHECK(autoscaling::machine_name("ssd-small", 12) == "ssd-small-12");
}
