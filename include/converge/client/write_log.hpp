// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/resource_type.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/revision.hpp>

#include <map>

namespace converge {

/// The newest revision that someone wrote of each kind: what a cache must have seen before its
/// reader reads its own writes.
///
/// @par Threads  The strand of the client that it is attached to.
class write_log {
public:
    CONVERGE_DECL void wrote(resource_type const& type, revision at);

    [[nodiscard]] bool empty() const noexcept { return newest_.empty(); }
    [[nodiscard]] std::map<resource_type const*, revision> const& newest() const noexcept
    {
        return newest_;
    }

private:
    std::map<resource_type const*, revision> newest_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/client/impl/write_log.ipp>
#endif
