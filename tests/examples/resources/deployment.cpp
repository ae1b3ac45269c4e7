// SPDX-License-Identifier: BSL-1.0
#include "resources/deployment.hpp"

#include "resources/autoscaler.hpp"
#include "resources/endpoint_slice.hpp"
#include "resources/machine_type.hpp"
#include "resources/secret.hpp"
#include "resources/service.hpp"

#include <converge/codec/decode.hpp>
#include <converge/codec/encode.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <string>

namespace {

/// Reads strictly and writes; members of the given document that came back otherwise, as text.
template <class R>
std::string changed_members(char const* text)
{
    auto const given = boost::json::parse(text);
    auto const strict = converge::decode_options{.strict = true};
    auto const decoded = converge::decode<converge::object<R>>(given, strict);
    if (!decoded)
        return decoded.error().what();
    auto const written = converge::encode(*decoded);
    std::string changed;
    for (auto const& member : given.as_object())
        if (written.as_object().at(member.key()) != member.value())
            changed += boost::json::serialize(written.as_object().at(member.key()));
    return changed;
}

} // namespace

TEST_CASE("a Deployment keeps Kubernetes' names")
{
    CHECK(changed_members<cluster::deployment>(R"({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "api", "namespace": "default", "generation": 2},
        "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "api"}},
            "template": {"metadata": {"labels": {"app": "api"}},
                "spec": {"restartPolicy": "Always", "terminationGracePeriodSeconds": 30}},
            "strategy": {"type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "50%"}},
            "minReadySeconds": 0, "revisionHistoryLimit": 10, "paused": false,
            "progressDeadlineSeconds": 600},
        "status": {"observedGeneration": 2, "replicas": 3, "updatedReplicas": 3,
            "readyReplicas": 2, "availableReplicas": 2, "unavailableReplicas": 1,
            "conditions": [{"type": "Available", "status": "False",
                "reason": "MinimumReplicasUnavailable", "observedGeneration": 2}]}})") == "");
}

TEST_CASE("a Service and its EndpointSlice keep Kubernetes' names")
{
    CHECK(changed_members<cluster::service>(R"({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "api", "namespace": "default"},
        "spec": {"selector": {"app": "api"}, "clusterIP": "10.96.0.1", "type": "NodePort",
            "clusterIPs": ["10.96.0.1"],
            "ports": [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": "http",
                       "nodePort": 30080}]}})") == "");
    CHECK(changed_members<cluster::endpoint_slice>(R"({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {"name": "api-1", "namespace": "default",
                     "labels": {"kubernetes.io/service-name": "api"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.1.0.1"], "conditions": {"ready": true},
            "nodeName": "n1", "targetRef": {"kind": "Pod", "namespace": "default",
                                            "name": "api-0", "uid": "u1"}}],
        "ports": [{"name": "http", "protocol": "TCP", "port": 8080}]})") == "");
}

TEST_CASE("a Secret carries its members at the top of the document")
{
    CHECK(changed_members<cluster::secret>(R"({"apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "s", "namespace": "default"}, "data": {"password": "aGk="},
        "type": "Opaque"})") == "");
}

TEST_CASE("machine types and the autoscaler are objects as well")
{
    CHECK(changed_members<cluster::machine_type>(R"({
        "apiVersion": "cluster.converge.dev/v1", "kind": "MachineType",
        "metadata": {"name": "ssd-small"},
        "spec": {"capacity": {"cpu": "2", "memory": "4Gi"}, "labels": {"disk": "ssd"},
            "taints": [{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}],
            "price": "500m", "priority": 0, "maxMachines": 3,
            "bootDelayMilliseconds": 5000}})") == "");
    CHECK(changed_members<cluster::autoscaler>(R"({
        "apiVersion": "cluster.converge.dev/v1", "kind": "Autoscaler",
        "metadata": {"name": "default"},
        "spec": {"expander": "least-waste", "maxMachinesTotal": 5,
                 "provisionTimeoutSeconds": 900},
        "status": {"machines": 1, "verdicts": [{"namespace": "default", "name": "api-2",
            "code": "NoMachineTypeLargeEnough", "message": "m",
            "candidates": [{"machineType": "ssd-small", "reasons": [{"plugin":
                "NodeResourcesFit", "resource": "memory", "needs": "32Gi", "offers": "4Gi",
                "short": "28Gi"}]}], "remedy": "r", "hint": "h"}]}})") == "");
}

TEST_CASE("a price may be a number")
{
    auto const decoded =
        converge::decode<cluster::machine_type::spec>(boost::json::parse(R"({"price": 0.5})"));
    REQUIRE_MESSAGE(decoded.has_value(), decoded.error().what());
    CHECK(decoded->price == converge::quantity::of_milli(500));
}

TEST_CASE("percentages are of the replicas, rounded as asked")
{
    using cluster::int_or_string;
    CHECK(int_or_string::percent(25).of(3, int_or_string::rounding::up) == 1);
    CHECK(int_or_string::percent(25).of(3, int_or_string::rounding::down) == 0);
    CHECK(int_or_string::percent(100).of(7, int_or_string::rounding::up) == 7);
    CHECK(int_or_string{2}.of(100, int_or_string::rounding::up) == 2);
    CHECK_FALSE(int_or_string{"http"}.of(3, int_or_string::rounding::up));
    CHECK_FALSE(int_or_string{"25%x"}.of(3, int_or_string::rounding::up));
    CHECK_FALSE(int_or_string{"-5%"}.of(3, int_or_string::rounding::up));
}
