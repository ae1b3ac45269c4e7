// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/detail/wake_reason.hpp>
#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>

namespace converge {

namespace detail {

class keeper;
class parked;

} // namespace detail

/// Suspends coroutines until they are notified: the one thing that everything in converge waits
/// on. A notification that nobody waits for is kept, once, for the next to wait, so that a
/// waiter that checks its condition first cannot miss it.
///
/// @par Threads   All members may be called from any thread; a waiter resumes on its own
///                executor, never inside `notify`.
/// @par Lifetime  Destroy it only when nobody waits: waiters are destroyed with their context,
///                those that wait for children after them, of the others the latest first.
class wake {
public:
    wake() = default;
    wake(wake const&) = delete;
    wake& operator=(wake const&) = delete;

    /// Resumes the coroutine that waits longest, or keeps the notification for the next.
    CONVERGE_DECL void notify_one();

    /// Resumes every coroutine that waits now, or keeps one notification if there is none.
    CONVERGE_DECL void notify_all();

    /// Waits for a notification.
    /// @throws boost::system::system_error (operation_aborted) on cancellation.
    /// @par Cancellation  Nothing has happened; a notification that raced is not lost.
    [[nodiscard]] CONVERGE_DECL task<> wait();

    /// Waits for a notification, at most until `due`. @returns whether it was notified.
    /// @throws and cancellation as `wait`.
    [[nodiscard]] CONVERGE_DECL task<bool> wait_until(instant due);

    /// Waits and tells why it ended; for code that must go on after a cancellation.
    /// @param until decides when the waiter may be destroyed, if not with the context; the waiter
    ///              keeps it alive.
    [[nodiscard]] CONVERGE_DECL task<detail::wake_reason> park(std::optional<instant> due,
                                                               detail::keeper* until = nullptr);

private:
    struct cancel_park;
    struct initiate_park;

    CONVERGE_DECL void admit(std::shared_ptr<detail::parked> const& waiter);
    [[nodiscard]] CONVERGE_DECL std::shared_ptr<detail::parked> pop_or_keep();

    std::mutex mutex_;
    std::deque<std::shared_ptr<detail::parked>> waiting_;
    bool kept_ = false;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/async/impl/wake.ipp>
#endif
