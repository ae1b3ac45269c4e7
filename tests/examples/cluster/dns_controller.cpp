// SPDX-License-Identifier: BSL-1.0
#include "cluster/dns_controller.hpp"

#include "examples/cluster/workbench.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace cluster_test;
using cluster::dns_record;
using cluster::service;

namespace {

converge::object<service> service_named(std::string name, std::string address = {})
{
    converge::object<service> made{std::move(name)};
    made.spec.cluster_ip = std::move(address);
    return made;
}

std::string address_of(workbench& bench, std::string name)
{
    return bench.find(converge::key<service>{std::move(name)})->spec.cluster_ip;
}

} // namespace

TEST_CASE("a record that is removed by hand is made again, for pods and services")
{
    workbench bench;
    auto pod = objects::pod("p", "1", "1Gi");
    pod.metadata.finalizers.push_back(cluster::agent_finalizer);
    bench.create(pod);
    bench.create(service_named("s"));
    bench.start(cluster::pod_dns_controller(), cluster::service_dns_controller());
    bench.pass(10s);
    auto const records = bench.all<dns_record>();
    REQUIRE(records.size() == 2);
    for (auto const& each : records)
        bench.run(bench.api.remove(each->key()));
    bench.pass(10s);
    CHECK(bench.all<dns_record>().size() == 2);
}

TEST_CASE("a service keeps the address that it asks for")
{
    workbench bench;
    bench.start(cluster::service_dns_controller());
    bench.create(service_named("s", "10.96.3.4"));
    bench.pass(10s);
    CHECK(address_of(bench, "s") == "10.96.3.4");
    auto const records = bench.all<dns_record>();
    REQUIRE(records.size() == 1);
    CHECK(records.front()->spec.address == "10.96.3.4");
}

TEST_CASE("an address that a service cannot have is left as it is, and told of")
{
    workbench bench;
    bench.create(service_named("first", "10.96.3.4"));
    bench.start(cluster::service_dns_controller());
    bench.pass(10s);
    bench.create(service_named("second", "10.96.3.4"));
    bench.create(service_named("outside", "192.168.0.1"));
    bench.create(service_named("nonsense", "10.96.3.4.5"));
    bench.pass(10s);
    for (auto const* const name : {"second", "outside", "nonsense"})
        CHECK(bench.told(name, "ClusterIPNotAllocated").find("10.96.0.0/16") != std::string::npos);
    CHECK(address_of(bench, "second") == "10.96.3.4");
    CHECK(address_of(bench, "outside") == "192.168.0.1");
    CHECK(bench.all<dns_record>().size() == 1);

    bench.run(bench.api.remove(converge::key<service>{"first"}));
    bench.pass(5min);
    REQUIRE(bench.all<dns_record>().size() == 1);
    CHECK(bench.all<dns_record>().front()->spec.owner_name == "second");
}

TEST_CASE("a service that is another name for something outside gets no address")
{
    workbench bench;
    bench.start(cluster::service_dns_controller());
    auto outside = service_named("s");
    outside.spec.type = cluster::service_type::external_name;
    outside.spec.external_name = "example.com";
    bench.create(outside);
    bench.pass(10s);
    CHECK(address_of(bench, "s").empty());
    CHECK(bench.all<dns_record>().empty());
}
