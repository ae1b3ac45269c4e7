// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/write_fence.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/failure.hpp>
#include <converge/core/revision.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace converge {

/// One term of leading, shared between who leads and the clients that write in its name
/// (`client::fenced_by`): it has not begun, or lasts, or has ended for good. While it lasts their
/// writes carry its fence; otherwise they are refused with errc::fenced before they are sent.
///
/// @par Threads  The strand of the clients that it is given to.
class leadership {
public:
    leadership() = default;
    /// A term that lasts already.
    CONVERGE_DECL explicit leadership(write_fence fence);
    leadership(leadership const&) = delete;
    leadership& operator=(leadership const&) = delete;

    /// @pre It has not begun.
    CONVERGE_DECL void begin(write_fence fence);

    /// Ends it; called by the clients too, when an api refuses a write of theirs as fenced. Of
    /// no effect if it has ended.
    CONVERGE_DECL void end(failure why);

    /// Calls `hear` when it ends.
    void on_end(std::function<void()> hear) { hear_ = std::move(hear); }

    [[nodiscard]] bool lasts() const noexcept { return fence_ != nullptr && !ended_; }
    /// @throws errc::fenced if it does not last.
    [[nodiscard]] CONVERGE_DECL std::shared_ptr<write_fence const> const& fence() const;
    /// The revision of its lease; zero if it has not begun.
    [[nodiscard]] CONVERGE_DECL revision token() const noexcept;
    /// Why it ended.
    [[nodiscard]] failure const& why() const noexcept { return why_; }

private:
    std::shared_ptr<write_fence const> fence_;
    std::function<void()> hear_;
    failure why_;
    bool ended_ = false;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/client/impl/leadership.ipp>
#endif
