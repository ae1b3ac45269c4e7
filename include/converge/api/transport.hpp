// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/request.hpp>
#include <converge/async/task.hpp>
#include <converge/core/time.hpp>
#include <converge/observe/logger.hpp>
#include <converge/store/watch.hpp>

#include <memory>
#include <string>
#include <utility>

namespace converge {

/// Asks for the changes of one kind after a revision.
class watch_request {
public:
    watch_request(resource_type const& type, revision after, std::string space = {})
        : type_{&type},
          after_{after},
          namespace_{std::move(space)}
    {}

    [[nodiscard]] resource_type const& type() const noexcept { return *type_; }
    [[nodiscard]] revision after() const noexcept { return after_; }
    /// Empty: all namespaces.
    [[nodiscard]] std::string const& space() const noexcept { return namespace_; }

private:
    resource_type const* type_;
    revision after_;
    std::string namespace_;
};

/// A way to reach an api: the seam between clients and wherever the objects live.
///
/// @par Threads  The strand of the caller, unless the implementation says more.
class transport {
public:
    virtual ~transport() = default;

    /// @throws converge::error: what the api refused (not_found, already_exists, conflict, gone,
    ///         invalid, forbidden, too_large); `unavailable` if it surely was not done;
    ///         `timed_out` if nobody knows.
    /// @par Cancellation  The request may have been carried out.
    [[nodiscard]] virtual task<response> send(request asked) = 0;

    /// Opens a watch; failures come from its `next`. One whose revisions may be those of another
    /// life of the store (a restored backup) must fail with errc::gone: clients resume others.
    [[nodiscard]] virtual std::unique_ptr<watch_stream> watch(watch_request asked) = 0;

    /// How long a watch of it that lives may say nothing at most: twice the interval of its
    /// server's bookmarks, say. Zero where a watch cannot die unnoticed, as within a process: then
    /// nobody looks after it.
    [[nodiscard]] virtual duration silence_max() const { return duration::zero(); }

    /// Does the standing work of an api that lives in this process, until cancelled: garbage
    /// collection, expiry of leases. Returns at once where someone else does it.
    [[nodiscard]] virtual task<> housekeep(logger = {}) { co_return; }
};

} // namespace converge
