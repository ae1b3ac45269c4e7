// SPDX-License-Identifier: BSL-1.0
#include "cluster/story_report.hpp"

#include "examples/cluster/story_script.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <string>

using cluster::scaling_verdict;
using cluster_test::story_script;

namespace {

scaling_verdict too_large()
{
    scaling_verdict made;
    made.namespace_ = "default";
    made.name = "api-x-0";
    made.code = cluster::verdict_code::no_machine_type_large_enough;
    made.message = "no machine type is large enough";
    made.candidates.push_back({"hdd-small",
                               {{"NodeAffinity", "disk", "ssd", "", ""},
                                {"NodeResourcesFit", "memory", "32Gi", "4Gi", "28Gi"}}});
    made.candidates.push_back({"ssd", {{"NodeResourcesFit", "memory", "32Gi", "16Gi", "16Gi"}}});
    made.remedy = "allow a machine type with at least 32Gi memory";
    made.hint = "did you mean 32Mi?";
    return made;
}

} // namespace

TEST_CASE("a report has the steps, the instances and the machines that were created")
{
    story_script script;
    script.machine("n1", {}, "the first");
    script.deployment(1);
    script.replica_set(1);
    script.create("api-x-0");
    script.refuse("api-x-0", "full");
    script.machine("m1", {"default/api-x-0"}, "n1 is full");
    script.bind("api-x-0", "m1");
    script.run("api-x-0", "10.244.0.2");
    auto report = report_of("story", script.narrated());
    report.settled = true;
    report.quiet_writes = 7;
    auto const document = to_json(report);
    CHECK(document.size() == 7);
    CHECK(document.at("story") == "story");
    CHECK(document.at("settled") == true);
    CHECK(document.at("machines_created") == 1);
    CHECK(document.at("quiet_writes") == 7);
    CHECK(document.at("diagnosis").is_null());
    CHECK(boost::json::serialize(document.at("instances")) ==
          R"([{"name":"api-x-0","node":"m1","ip":"10.244.0.2","phase":"Running"}])");
    auto const& steps = document.at("steps").as_array();
    REQUIRE(steps.size() == 6);
    auto const& decided = steps[5].as_object();
    CHECK(decided.at("n") == 8);
    CHECK(decided.at("revision") == 7);
    CHECK(decided.at("who") == "autoscaler");
    CHECK(decided.at("what") == "Machine m1 of type ssd-small is to be created (n1 is full)");
}

TEST_CASE("a diagnosis is reported with what every machine type lacks, and the remedy")
{
    cluster::story_report report;
    report.diagnosis = too_large();
    CHECK(boost::json::serialize(to_json(report).at("diagnosis")) ==
          R"({"pod":"default/api-x-0","code":"NoMachineTypeLargeEnough",)"
          R"("message":"no machine type is large enough","candidates":[)"
          R"({"machine_type":"hdd-small","reasons":[)"
          R"({"resource":"disk","needs":"ssd","offers":"","short":""},)"
          R"({"resource":"memory","needs":"32Gi","offers":"4Gi","short":"28Gi"}]},)"
          R"({"machine_type":"ssd","reasons":[)"
          R"({"resource":"memory","needs":"32Gi","offers":"16Gi","short":"16Gi"}]}],)"
          R"("remedy":"allow a machine type with at least 32Gi memory"})");
}

TEST_CASE("a diagnosis is explained to people in lines")
{
    CHECK(
        explained(too_large()) ==
        "Pod default/api-x-0 gets no node.\n"
        "  why:     no machine type is large enough\n"
        "  code:    NoMachineTypeLargeEnough\n"
        "  machine types that were considered:\n"
        "    hdd-small  disk: needs ssd, offers none; memory: needs 32Gi, offers 4Gi, short 28Gi\n"
        "    ssd        memory: needs 32Gi, offers 16Gi, short 16Gi\n"
        "  remedy:  allow a machine type with at least 32Gi memory\n"
        "  hint:    did you mean 32Mi?\n");
}
