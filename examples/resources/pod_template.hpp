// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/pod.hpp"

#include <boost/describe/class.hpp>

#include <map>
#include <string>

namespace cluster {

struct pod_template_metadata {
    std::string name{};
    std::map<std::string, std::string> labels{};
    std::map<std::string, std::string> annotations{};
};
BOOST_DESCRIBE_STRUCT(pod_template_metadata, (), (name, labels, annotations))

/// What the pods of a Deployment or ReplicaSet look like.
struct pod_template {
    pod_template_metadata metadata{};
    pod::spec spec{};
};
BOOST_DESCRIBE_STRUCT(pod_template, (), (metadata, spec))

} // namespace cluster
