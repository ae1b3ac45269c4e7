// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>
#include <converge/testing/detail/world_executor.hpp>
#include <converge/testing/detail/world_services.hpp>
#include <converge/testing/turn_order.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::testing {

/// Names a process of a world.
class process {
public:
    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
    friend bool operator==(process, process) = default;

private:
    friend class world;
    explicit process(std::uint32_t number) noexcept : number_{number} {}

    std::uint32_t number_;
};

/// Why a world stopped stepping.
enum class stop_reason {
    /// The goal holds.
    done,
    /// Nothing can happen any more: no turn waits, no alarm is set.
    quiet,
    /// The virtual time allowed is over.
    time_over,
    /// The steps allowed are over: something spins.
    steps_over,
};

/// A deterministic execution context: virtual time, seeded order, processes that can be killed.
///
/// Each step takes one of the turns that are ready, chosen by the seed; when none is ready, time
/// jumps to the next alarm. Coroutines run here unchanged, because clock, chance and executor
/// are services of the context. Everything they share with the outside (a store, a model of the
/// external world) must not use threads or clocks of its own: a stock Asio timer, a call from
/// another thread and (in a program that includes tripwires.hpp) the real clock, random numbers
/// of the system and new threads end the run with an error that names the process and the culprit.
///
/// @par Threads   None; different worlds may run on different threads.
/// @par Lifetime  What the processes refer to must outlive the world, or be declared before it.
class world final : public detail::turn_queue {
public:
    CONVERGE_DECL explicit world(std::uint64_t seed, turn_order order = turn_order::uniform);
    world(world const&) = delete;
    world& operator=(world const&) = delete;
    CONVERGE_DECL ~world();

    /// Makes a process and starts it. `entry` is called now and at every restart, and gives the
    /// process's main task; an exception that leaves it ends that task and is kept (see `failure`).
    /// When its main task has ended the process lives on: what else was spawned in it goes on.
    /// @throws errc::invalid if `entry` itself reaches out of the world (see tripwires.hpp).
    CONVERGE_DECL process start(std::string name, std::function<task<>()> entry);
    /// As above; `entry` is told which process it is.
    CONVERGE_DECL process start(std::string name, std::function<task<>(process)> entry);

    /// Destroys every task of the process where it stands: locals are unwound, nothing after the
    /// await runs. Requests it has sent to a `simulated_network` live on.
    CONVERGE_DECL void kill(process which);

    /// Starts a process anew, from its entry, with fresh memory; kills it first if it is alive.
    /// @pre Not called by a task of the process itself, which would not survive it.
    CONVERGE_DECL void restart(process which);

    /// Runs one more task in a process.
    CONVERGE_DECL void spawn(process which, task<> body);
    /// As above; `key` names the task in the drawing of orders, instead of its number.
    CONVERGE_DECL void spawn(process which, task<> body, std::uint64_t key);

    /// Kills the process before its `step`-th step from now, and restarts it after `downtime`.
    /// @param happens  called when it dies of this; may be empty
    CONVERGE_DECL void crash(process which, std::uint64_t step, duration downtime,
                             std::function<void()> happens = {});
    /// Crashes that have not happened will not.
    void call_off_crashes() { crashes_.clear(); }

    /// Lets the process do nothing for a while, though its time goes on: a long pause of its
    /// machine. What it would have done it does after that.
    CONVERGE_DECL void pause(process which, duration span);

    /// Calls `act` at or after `due`, between steps: a person at the console, say. Like a process
    /// it must not reach out of the world.
    CONVERGE_DECL void at(instant due, std::function<void()> act);

    /// The wall clock jumps, forward or back; `now()` does not.
    void jump_wall(duration by) { time_.shift_wall(by); }

    /// From now on timers ring up to `most` late, each by a part that the seed draws.
    void delay_timers(duration most) { time_.be_late(most); }

    /// Steps until `done` holds (checked after every step), nothing is left to happen, `limit` of
    /// virtual time has passed, or `steps_max` steps were made.
    /// @throws errc::invalid if something in the world reaches out of it, naming the culprit.
    CONVERGE_DECL stop_reason run_until(std::function<bool()> const& done, duration limit,
                                        std::uint64_t steps_max = 10'000'000);

    /// Lets `span` of virtual time pass.
    CONVERGE_DECL stop_reason run_for(duration span);

    [[nodiscard]] instant now() const { return time_.now(); }
    [[nodiscard]] timestamp wall_now() const { return time_.wall_now(); }
    [[nodiscard]] std::uint64_t draw(std::string_view site) { return random_.draw(site); }
    /// Whether it was started and not killed since. A process whose main task has ended is alive.
    [[nodiscard]] bool alive(process which) const { return processes_[which.number()].alive; }
    [[nodiscard]] bool paused(process which) const { return processes_[which.number()].paused; }
    [[nodiscard]] std::string const& name(process which) const
    {
        return processes_[which.number()].name;
    }
    /// What the first of its tasks to fail threw, in this life: its main task or another that was
    /// spawned in it. Null if none has.
    [[nodiscard]] std::exception_ptr failure(process which) const
    {
        return processes_[which.number()].failure;
    }
    /// How many steps the process has made, over all its lives.
    [[nodiscard]] std::uint64_t steps(process which) const
    {
        return processes_[which.number()].steps;
    }
    /// The process whose turn it is. @pre Called from within a turn.
    [[nodiscard]] process running() const noexcept { return process{running_}; }
    /// How often it was started.
    [[nodiscard]] std::uint32_t lives(process which) const
    {
        return processes_[which.number()].lives;
    }
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
    /// Stands for the whole run so far: which task of which process ran when. Two runs that differ
    /// anywhere differ here.
    [[nodiscard]] std::uint64_t fingerprint() const noexcept { return fingerprint_; }
    /// Makes the fingerprint hang on `value` as well.
    void fold(std::uint64_t value) noexcept
    {
        fingerprint_ = (fingerprint_ ^ value) * 0x9e3779b97f4a7c15u;
        fingerprint_ ^= fingerprint_ >> 29;
    }

private:
    struct process_state {
        std::string name;
        std::function<task<>(process)> entry;
        bool alive = false;
        bool paused = false;
        std::uint32_t incarnation = 0;
        std::uint32_t lives = 0;
        std::uint64_t steps = 0;
        std::uint64_t spawned = 0;
        std::exception_ptr failure{};
    };

    struct waiting_turn {
        detail::origin from;
        /// The smallest goes first.
        std::uint64_t rank = 0;
        std::unique_ptr<detail::turn> next;
    };

    struct planned_crash {
        process victim;
        std::uint64_t before_step;
        duration downtime;
        std::function<void()> happens;
    };

    struct scripted;
    struct ended;

    template <class Base, class Service, class... Args>
    Service& install(Args... args);

    CONVERGE_DECL void enqueue(detail::origin from, std::unique_ptr<detail::turn> next) override;
    [[nodiscard]] CONVERGE_DECL bool lives(detail::origin from) const;
    [[nodiscard]] executor executor_of_driver();
    [[nodiscard]] CONVERGE_DECL executor new_task(process which, std::uint64_t key);
    [[nodiscard]] CONVERGE_DECL std::uint64_t rank_of(detail::origin from);
    CONVERGE_DECL void resume(std::uint32_t number, std::uint32_t incarnation);
    CONVERGE_DECL void step();
    CONVERGE_DECL void take(waiting_turn taken);
    /// Calls what is the user's outside of a turn: as in one, it must not reach out of the world.
    /// @param who  the name of a process; null: the script
    CONVERGE_DECL void call_guarded(std::string const* who, std::function<void()> const& call);
    CONVERGE_DECL void ring_at(instant due, std::function<void()> act);
    CONVERGE_DECL void refuse_culprits(std::string const* who);
    [[noreturn]] CONVERGE_DECL void refuse(std::string const* who, std::string const& what) const;
    [[nodiscard]] CONVERGE_DECL bool dies_now(process which, std::uint64_t next_step,
                                              waiting_turn& taken);
    CONVERGE_DECL void end(std::uint32_t number);

    detail::virtual_time& time_;
    detail::keyed_random& random_;
    detail::task_registry& tasks_;
    std::uint64_t const seed_;
    turn_order const order_;
    /// At these steps the running task becomes the last, if tasks are ranked.
    std::array<std::uint64_t, 3> demotions_{};
    std::uint64_t demoted_ = 0;
    std::deque<process_state> processes_;
    std::vector<waiting_turn> ready_;
    /// Of paused processes.
    std::vector<waiting_turn> held_;
    std::vector<planned_crash> crashes_;
    std::vector<std::shared_ptr<scripted>> script_;
    std::uint32_t running_ = 0;
    std::uint64_t enqueued_ = 0;
    std::uint64_t steps_ = 0;
    std::uint64_t fingerprint_ = 0;
    /// Names the thread that steps.
    std::atomic<void const*> stepping_on_ = nullptr;
    /// A thread that does not step has queued a turn.
    std::atomic<bool> strangers_ = false;
};

} // namespace converge::testing

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/world.ipp>
#endif
