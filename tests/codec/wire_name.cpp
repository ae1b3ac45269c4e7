// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/wire_name.hpp>

#include <doctest/doctest.h>

#include <string_view>

namespace {

struct plain {};

struct with_exceptions {
    static constexpr converge::wire_name_exception wire_names[] = {{"is_ca", "isCa"},
                                                                   {"plain", "$plain"}};
};

enum class family { ip_v4, ip_v6, dual };

} // namespace

template <>
struct converge::wire_names<family> {
    static constexpr wire_name_exception exceptions[] = {{"ip_v4", "IPv4"}, {"ip_v6", "IPv6"}};
};

namespace {

std::string_view member(std::string_view name)
{
    static converge::detail::wire_name_text text;
    text = converge::member_wire_name<plain>(name);
    return text;
}

std::string_view enumerator(std::string_view name)
{
    static converge::detail::wire_name_text text;
    text = converge::enumerator_wire_name<plain>(name);
    return text;
}

static_assert(std::string_view{converge::member_wire_name<plain>("pod_ip")} == "podIP",
              "names are computed when compiling");

TEST_CASE("a snake_case member is camelCase on the wire")
{
    CHECK(member("replicas") == "replicas");
    CHECK(member("node_port") == "nodePort");
    CHECK(member("termination_grace_period_seconds") == "terminationGracePeriodSeconds");
    CHECK(member("config_map_ref") == "configMapRef");
}

TEST_CASE("initialisms are spelled as Kubernetes spells them")
{
    CHECK(member("pod_ip") == "podIP");
    CHECK(member("host_ip") == "hostIP");
    CHECK(member("host_ips") == "hostIPs");
    CHECK(member("cluster_ip") == "clusterIP");
    CHECK(member("cluster_ips") == "clusterIPs");
    CHECK(member("external_ips") == "externalIPs");
    CHECK(member("load_balancer_ip") == "loadBalancerIP");
    CHECK(member("pod_cidr") == "podCIDR");
    CHECK(member("pod_cidrs") == "podCIDRs");
    CHECK(member("provider_id") == "providerID");
    CHECK(member("machine_id") == "machineID");
    CHECK(member("boot_id") == "bootID");
    CHECK(member("system_uuid") == "systemUUID");
    CHECK(member("host_pid") == "hostPID");
    CHECK(member("host_ipc") == "hostIPC");
    CHECK(member("container_id") == "containerID");
    CHECK(member("image_id") == "imageID");
    CHECK(member("non_resource_urls") == "nonResourceURLs");
    CHECK(member("set_hostname_as_fqdn") == "setHostnameAsFQDN");
    CHECK(member("insecure_skip_tls_verify") == "insecureSkipTLSVerify");
    CHECK(member("target_cpu_utilization_percentage") == "targetCPUUtilizationPercentage");
    CHECK(member("downward_api") == "downwardAPI");
    CHECK(member("disk_uri") == "diskURI");
}

TEST_CASE("the first word is always in lower case")
{
    CHECK(member("uid") == "uid");
    CHECK(member("ip") == "ip");
    CHECK(member("ip_families") == "ipFamilies");
    CHECK(member("api_version") == "apiVersion");
    CHECK(member("api_group") == "apiGroup");
    CHECK(member("dns_policy") == "dnsPolicy");
    CHECK(member("http_get") == "httpGet");
}

TEST_CASE("words that only look like a plural of an initialism are ordinary words")
{
    CHECK(member("storage_class") == "storageClass");
    CHECK(member("node_tips") == "nodeTips");
    CHECK(member("claim_s") == "claimS");
}

TEST_CASE("underscores at the end fall off")
{
    CHECK(member("namespace_") == "namespace");
    CHECK(member("default_") == "default");
    CHECK(member("cluster_ip_") == "clusterIP");
}

TEST_CASE("an enumerator is PascalCase on the wire")
{
    CHECK(enumerator("node_port") == "NodePort");
    CHECK(enumerator("cluster_ip") == "ClusterIP");
    CHECK(enumerator("tcp") == "TCP");
    CHECK(enumerator("if_not_present") == "IfNotPresent");
    CHECK(enumerator("default_") == "Default");
}

TEST_CASE("a type can name its exceptions from the rule")
{
    using converge::member_wire_name;
    CHECK(std::string_view{member_wire_name<with_exceptions>("is_ca")} == "isCa");
    CHECK(std::string_view{member_wire_name<with_exceptions>("plain")} == "$plain");
    CHECK(std::string_view{member_wire_name<with_exceptions>("pod_ip")} == "podIP");
    CHECK(std::string_view{converge::enumerator_wire_name<family>("ip_v4")} == "IPv4");
    CHECK(std::string_view{converge::enumerator_wire_name<family>("dual")} == "Dual");
}

} // namespace
