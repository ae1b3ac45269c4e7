// SPDX-License-Identifier: BSL-1.0
#include <converge/model/lease.hpp>

#include <converge/model/object.hpp>

#include <doctest/doctest.h>

using namespace converge;

static_assert(resource<lease> && has_spec<lease> && !has_status<lease>);

TEST_CASE("a lease that was just made is held by nobody")
{
    object<lease> const made{in_namespace{"kube-system"}, "my-controller"};
    CHECK(made.spec.holder_identity.empty());
    CHECK(!made.spec.acquire_time);
    CHECK(!made.spec.renew_time);
    CHECK(made.spec.lease_transitions == 0);
    CHECK(lease::kind.group() == "coordination.k8s.io");
    CHECK(lease::kind.plural() == "leases");
}
