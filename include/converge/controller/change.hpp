// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/object.hpp>

namespace converge {

/// One change of an object, as map functions and predicates see it: null `before` if it appeared,
/// null `after` if it is gone.
template <class R>
struct change {
    object_ptr<R> before;
    object_ptr<R> after;

    /// Whether the object was marked deleted with this change.
    [[nodiscard]] bool deletion_started() const
    {
        return after != nullptr && after->metadata.being_deleted() &&
               (before == nullptr || !before->metadata.being_deleted());
    }
    /// Whether what is desired changed: status and labels are not.
    [[nodiscard]] bool generation_changed() const
    {
        return before == nullptr || after == nullptr ||
               before->metadata.uid != after->metadata.uid ||
               before->metadata.generation != after->metadata.generation;
    }
};

} // namespace converge
