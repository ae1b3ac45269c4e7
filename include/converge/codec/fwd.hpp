// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `codec`: described values to JSON and back.
///
/// `encode` and `decode` work on any described struct, by rule; `json_traits<T>` is where a type
/// says otherwise. On JSON documents: `parse_json`, `merge_patch`, `json_patch`, `diff`,
/// `field_set`. `resource_type` is what the untyped layers know of a kind, and `any_object` an
/// object whose kind is known at run time.

#include <converge/model/fwd.hpp>

namespace converge {

struct decode_options;
struct resource_type;
class any_object;
template <class T>
struct json_traits;

} // namespace converge
