// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/request.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/codec/resource_type.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/revision.hpp>

#include <vector>

namespace converge {

/// What someone wrote, in the order of the answers: what a cache must have seen before its reader
/// reads its own writes.
///
/// @par Threads  The strand of the client that it is attached to.
class write_log {
public:
    /// One write that made a revision.
    struct note {
        verb what;
        /// As it was written; of a removal, as it was or as it is marked.
        any_object object;
        revision at;
    };

    /// What was written of one kind.
    struct range {
        resource_type const* type;
        revision oldest;
        revision newest;
    };

    CONVERGE_DECL void wrote(verb what, any_object const& object, revision at);
    void clear() noexcept
    {
        notes_.clear();
        kinds_.clear();
    }

    [[nodiscard]] bool empty() const noexcept { return notes_.empty(); }
    [[nodiscard]] std::vector<note> const& notes() const noexcept { return notes_; }
    [[nodiscard]] std::vector<range> const& kinds() const noexcept { return kinds_; }

private:
    std::vector<note> notes_;
    std::vector<range> kinds_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/client/impl/write_log.ipp>
#endif
