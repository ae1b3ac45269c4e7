// SPDX-License-Identifier: BSL-1.0
#include "resources/autoscaler.hpp"
#include "resources/config_map.hpp"
#include "resources/dns_record.hpp"
#include "resources/endpoint_slice.hpp"
#include "resources/machine.hpp"
#include "resources/machine_type.hpp"
#include "resources/namespace_resource.hpp"
#include "resources/node.hpp"
#include "resources/secret.hpp"
#include "resources/service.hpp"

CONVERGE_INSTANTIATE_CODEC(cluster::autoscaler)
CONVERGE_INSTANTIATE_CODEC(cluster::config_map)
CONVERGE_INSTANTIATE_CODEC(cluster::dns_record)
CONVERGE_INSTANTIATE_CODEC(cluster::endpoint_slice)
CONVERGE_INSTANTIATE_CODEC(cluster::machine)
CONVERGE_INSTANTIATE_CODEC(cluster::machine_type)
CONVERGE_INSTANTIATE_CODEC(cluster::namespace_resource)
CONVERGE_INSTANTIATE_CODEC(cluster::node)
CONVERGE_INSTANTIATE_CODEC(cluster::secret)
CONVERGE_INSTANTIATE_CODEC(cluster::service)
