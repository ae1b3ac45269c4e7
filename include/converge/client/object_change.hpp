// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/any_object.hpp>
#include <converge/core/revision.hpp>

namespace converge {

/// One change that an informer tells of. An object that is deleted and created again within a
/// blind moment shows as one change with two uids.
struct object_change {
    /// Empty if the object appeared.
    any_object before;
    /// Empty if it is gone; `before` is then the last state that was seen.
    any_object after;
    /// Where the object was as `after` shows; of a deletion, a revision at which it was absent.
    revision at{};
    /// It is gone, and that was learnt from a list: it may have changed after `before`, and was
    /// deleted some time up to `at`.
    bool final_state_unknown = false;
};

} // namespace converge
