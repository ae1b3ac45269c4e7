// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/autoscaler.hpp"
#include "resources/deployment.hpp"
#include "resources/machine.hpp"
#include "resources/machine_type.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"
#include "resources/replica_set.hpp"

#include <converge/core/result.hpp>
#include <converge/model/object.hpp>

namespace cluster {

/// What can be seen in an object alone: counts and amounts are not negative, a workload has
/// containers with names, its selector matches its own template, and nothing is said that nobody
/// would listen to.
/// @returns errc::invalid, with the field, its value and the remedy.
[[nodiscard]] converge::result<void> check_object(converge::object<autoscaler> const& of);
[[nodiscard]] converge::result<void> check_object(converge::object<deployment> const& of);
[[nodiscard]] converge::result<void> check_object(converge::object<machine> const& of);
[[nodiscard]] converge::result<void> check_object(converge::object<machine_type> const& of);
[[nodiscard]] converge::result<void> check_object(converge::object<node> const& of);
[[nodiscard]] converge::result<void> check_object(converge::object<pod> const& of);
[[nodiscard]] converge::result<void> check_object(converge::object<replica_set> const& of);

template <class R>
[[nodiscard]] converge::result<void> check_object(converge::object<R> const&)
{
    return {};
}

} // namespace cluster
