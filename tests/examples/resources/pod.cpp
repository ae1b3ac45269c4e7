// SPDX-License-Identifier: BSL-1.0
#include "resources/pod.hpp"

#include "resources/pod_requests.hpp"

#include <converge/codec/decode.hpp>
#include <converge/codec/encode.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <string>

namespace {

/// A pod as Kubernetes writes one, defaults included.
constexpr char const* document = R"({
  "apiVersion": "v1", "kind": "Pod",
  "metadata": {"name": "api-0", "namespace": "shop", "uid": "u1", "labels": {"app": "api"}},
  "spec": {
    "initContainers": [{"name": "init", "image": "init:1",
      "resources": {"requests": {"cpu": "2", "memory": "64Mi"}}}],
    "containers": [{
      "name": "api", "image": "api:1", "command": ["/api"], "args": ["--port", "8080"],
      "env": [{"name": "GREETING", "value": "hi"},
              {"name": "POD_IP", "valueFrom": {"fieldRef": {"apiVersion": "v1",
                                                           "fieldPath": "status.podIP"}}}],
      "ports": [{"name": "http", "containerPort": 8080, "hostPort": 80, "hostIP": "127.0.0.1",
                 "protocol": "TCP"}],
      "resources": {"requests": {"cpu": "900m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}},
      "volumeMounts": [{"name": "data", "mountPath": "/data"}],
      "readinessProbe": {"httpGet": {"path": "/ready", "port": "http", "scheme": "HTTP"},
                         "periodSeconds": 10, "timeoutSeconds": 1, "successThreshold": 1,
                         "failureThreshold": 3},
      "livenessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 10, "timeoutSeconds": 1,
                        "successThreshold": 1, "failureThreshold": 3},
      "lifecycle": {"preStop": {"exec": {"command": ["/drain"]}}},
      "imagePullPolicy": "IfNotPresent"}],
    "volumes": [{"name": "data", "emptyDir": {}},
                {"name": "logs", "hostPath": {"path": "/var/log", "type": "Directory"}},
                {"name": "conf", "configMap": {"name": "conf", "defaultMode": 420}}],
    "nodeSelector": {"disk": "ssd"}, "nodeName": "n1",
    "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "gpu",
                     "effect": "NoSchedule"},
                    {"key": "node.kubernetes.io/not-ready", "operator": "Exists",
                     "effect": "NoExecute", "tolerationSeconds": 300}],
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
      {"nodeSelectorTerms": [{"matchExpressions": [
        {"key": "zone", "operator": "NotIn", "values": ["a"]}]}]}}},
    "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone",
      "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "api"}}}],
    "priority": 5, "restartPolicy": "Always", "terminationGracePeriodSeconds": 30,
    "hostname": "api-0", "subdomain": "api", "schedulingGates": [{"name": "quota"}]},
  "status": {
    "phase": "Running", "hostIP": "10.0.0.1", "podIP": "10.1.0.1", "podIPs": [{"ip": "10.1.0.1"}],
    "startTime": "2024-05-01T08:30:00Z",
    "containerStatuses": [{"name": "api",
      "state": {"running": {"startedAt": "2024-05-01T08:30:01Z"}},
      "lastState": {"terminated": {"exitCode": 137, "signal": 0, "reason": "OOMKilled"}},
      "ready": true, "restartCount": 1, "image": "api:1", "imageID": "sha256:1",
      "containerID": "process://42", "started": true}]}
})";

} // namespace

TEST_CASE("a pod is read strictly and written back as Kubernetes writes it")
{
    auto const given = boost::json::parse(document);
    auto const strict = converge::decode_options{.strict = true};
    auto const decoded = converge::decode<converge::object<cluster::pod>>(given, strict);
    REQUIRE_MESSAGE(decoded.has_value(), decoded.error().what());
    CHECK(decoded->spec.containers.front().readiness_probe->http_get->port == "http");
    CHECK(decoded->status.pod_ip == "10.1.0.1");
    auto const written = converge::encode(*decoded);
    for (auto const& member : given.as_object()) {
        auto const& back = written.as_object().at(member.key());
        CHECK_MESSAGE(back == member.value(), boost::json::serialize(back));
    }
}

TEST_CASE("a blank pod writes neither zeros nor empty members")
{
    auto const written = converge::encode(converge::object<cluster::pod>{"p"});
    CHECK(boost::json::serialize(written.at("spec")) ==
          R"({"restartPolicy":"Always","terminationGracePeriodSeconds":30})");
    CHECK(boost::json::serialize(written.at("status")) == R"({"phase":"Pending"})");
}

TEST_CASE("a pod takes the sum of its containers, or its largest init container if that is more")
{
    auto const decoded =
        converge::decode<converge::object<cluster::pod>>(boost::json::parse(document));
    REQUIRE(decoded.has_value());
    auto spec = decoded->spec;
    spec.containers.push_back(spec.containers.front());
    auto const requests = cluster::pod_requests(spec);
    CHECK(requests.at("cpu").str() == "2");
    CHECK(requests.at("memory").str() == "2Gi");
    CHECK(requests.at("pods").str() == "1");
}

TEST_CASE("a limit without a request is the request")
{
    cluster::container only{};
    only.resources.limits = {{"cpu", converge::quantity::of(1)},
                             {"memory", converge::quantity::bytes(1024)}};
    only.resources.requests = {{"cpu", converge::quantity::of_milli(500)}};
    auto const requests = cluster::container_requests(only);
    CHECK(requests.at("cpu").str() == "500m");
    CHECK(requests.at("memory").str() == "1Ki");
}

TEST_CASE("a toleration without a key and with Exists tolerates everything")
{
    cluster::taint const taint{"dedicated", "gpu", cluster::taint_effect::no_execute};
    using enum cluster::toleration_operator;
    CHECK(tolerates({.operator_ = exists}, taint));
    CHECK_FALSE(tolerates({.operator_ = equal}, taint));
    CHECK(tolerates({.key = "dedicated", .operator_ = exists}, taint));
    CHECK_FALSE(tolerates({.key = "dedicated", .value = "cpu"}, taint));
    CHECK(to_string(taint) == "dedicated=gpu:NoExecute");
}
