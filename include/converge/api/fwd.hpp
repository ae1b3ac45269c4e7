// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `api`: what a write means.
///
/// `api` stands between clients and a store and gives requests the semantics of a Kubernetes API
/// server: names, uids, generations, defaulting, validation and admission, status isolation,
/// preconditions, deletion with finalizers, field ownership. `garbage_collector` removes what
/// has lost its owners. A `transport` is any way to reach such an api: in process, through a
/// simulated network, or over HTTP.

namespace converge {

class api;
class request;
class response;
class transport;
class garbage_collector;
class write_fence;

} // namespace converge
