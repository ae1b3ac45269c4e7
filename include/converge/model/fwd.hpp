// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// `model`: what an object is.
///
/// A `resource` is the user's struct; `object<R>` is one instance of it with its `object_meta`.
/// Around them: conditions, owner references and finalizers, label and field selectors,
/// quantities (`500m`, `4Gi`), the rules for names, and the kinds that the framework itself
/// writes: `event` and `lease`. Values only: nothing here does I/O or knows JSON.

#include <converge/core/fwd.hpp>

namespace converge {

struct owner_reference;
struct object_meta;
struct condition;
struct event;
struct lease;
enum class quantity_format;
class quantity;
enum class label_operator;
struct label_requirement;
struct label_selector_requirement;
struct label_selector_spec;
class label_selector;
enum class field_operator;
struct field_term;
class field_selector;
template <class R>
struct object;

} // namespace converge
