// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/extern_codec.hpp>
#include <converge/model/object.hpp>

#include <boost/describe/class.hpp>

#include <string>

namespace cluster {

/// An address of the cluster's own network, and the name that the cluster's DNS answers with it.
/// The object is named after the address (`10-244-0-2`), so that creating it claims the address:
/// it can be given to one owner only.
struct dns_record {
    static constexpr converge::kind_name kind{"cluster.converge.dev/v1", "DnsRecord"};
    static constexpr converge::scope scope = converge::scope::cluster;
    struct spec {
        /// `api-0.default.pod.cluster.local`
        std::string host{};
        std::string address{};
        /// The object that the address belongs to: `Pod` or `Service`, its namespace, name, uid.
        std::string owner_kind{};
        std::string owner_namespace{};
        std::string owner_name{};
        std::string owner_uid{};
    };
};
BOOST_DESCRIBE_STRUCT(dns_record::spec, (),
                      (host, address, owner_kind, owner_namespace, owner_name, owner_uid))

} // namespace cluster

CONVERGE_EXTERN_CODEC(cluster::dns_record)
