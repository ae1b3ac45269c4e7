// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/any_object.hpp>
#include <converge/work/cause_set.hpp>

#include <string>

namespace converge {

/// Why a request was sent: the reconcile that it belongs to. It tells traces and simulations who
/// did what because of what; no api decides by it.
struct request_origin {
    /// The controller's name.
    std::string controller;
    /// The object that is reconciled, as its reconciler was given it.
    any_object about;
    /// Why the controller ran.
    cause_set causes;
};

} // namespace converge
