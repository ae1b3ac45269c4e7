// SPDX-License-Identifier: BSL-1.0
#include "resources/deployment.hpp"
#include "resources/pod.hpp"
#include "resources/replica_set.hpp"

CONVERGE_INSTANTIATE_CODEC(cluster::deployment)
CONVERGE_INSTANTIATE_CODEC(cluster::pod)
CONVERGE_INSTANTIATE_CODEC(cluster::replica_set)
