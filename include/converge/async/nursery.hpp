// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace converge {

namespace detail {

struct nursery_state;

} // namespace detail

/// Owns tasks that run side by side: `spawn` starts them, `join` waits for all.
///
/// The first failure cancels the others; `join` then throws it, after all have ended. A nursery
/// that is destroyed while children run ends the program, because they would use what its
/// scope owned: join it, and await nothing else between the first `spawn` and `join` than the
/// join of a nursery `within` it. (That `join` may throw at once, where its coroutine is cancelled
/// already: the children, which have not begun, are then dropped.)
///
/// @par Lifetime  A context that ends destroys the children before the coroutine that joins them,
///                whatever they wait for.
/// @par Threads  The strand of the coroutine that owns it.
class nursery {
public:
    /// Children run on `where`: the executor of the coroutine that will join.
    CONVERGE_DECL explicit nursery(executor where);
    /// As above, for a coroutine that joins this one while the children of `within` run: they too
    /// are destroyed before the coroutine is.
    CONVERGE_DECL nursery(executor where, nursery const& within);
    nursery(nursery const&) = delete;
    nursery& operator=(nursery const&) = delete;
    CONVERGE_DECL ~nursery();

    /// Starts `child`; it runs when the executor comes to it, not inside this call. If the
    /// nursery is cancelled before that, `child` is dropped.
    CONVERGE_DECL void spawn(task<> child);

    /// As `spawn`. @returns a function that cancels what `child` awaits at that moment, and nothing
    /// else: the nursery and the other children go on, and so may `child`, if it catches that
    /// and calls `this_coro::reset_cancellation_state()`. @pre of calling it: `child` has not ended.
    [[nodiscard]] CONVERGE_DECL std::function<void()> spawn_interruptible(task<> child);

    /// Asks every child to end; `join` waits until they have. What they throw from here on is
    /// dropped.
    CONVERGE_DECL void cancel();

    /// How many children have not ended.
    [[nodiscard]] CONVERGE_DECL std::size_t size() const noexcept;

    /// Waits until every child has ended.
    /// @throws what the first failing child threw; operation_aborted on cancellation.
    /// @par Cancellation  The children were cancelled and have ended.
    [[nodiscard]] CONVERGE_DECL task<> join();

    /// As `join`, but on cancellation of the waiter first calls `on_stop`, gives the children
    /// `grace` to end by themselves, and only then cancels them.
    [[nodiscard]] CONVERGE_DECL task<> join_gracefully(std::function<void()> on_stop,
                                                       duration grace);

    /// Waits as `join` does, but lets a cancellation of the waiter pass by the children.
    [[nodiscard]] CONVERGE_DECL task<> join_shielded();

private:
    [[nodiscard]] CONVERGE_DECL static task<> join(std::shared_ptr<detail::nursery_state> state,
                                                   std::function<void()> on_stop,
                                                   std::optional<duration> grace);

    std::shared_ptr<detail::nursery_state> state_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/async/impl/nursery.ipp>
#endif
