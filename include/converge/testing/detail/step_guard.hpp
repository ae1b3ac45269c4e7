// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace converge::testing::detail {

/// What tripwires.hpp noted on one thread.
struct step_record {
    unsigned depth = 0;
    char const* culprit = nullptr;
};

/// Constant-initialised, because tripwires are called before anything else of a program runs.
inline thread_local constinit step_record this_step;

/// While one lives, this thread is inside a step of a world. The outermost forgets what was noted
/// before.
class step_guard {
public:
    step_guard() noexcept
    {
        if (this_step.depth++ == 0)
            this_step.culprit = nullptr;
    }
    step_guard(step_guard const&) = delete;
    step_guard& operator=(step_guard const&) = delete;
    ~step_guard() { --this_step.depth; }
};

/// Notes that a function was called which reaches out of the world; outside of steps it may.
/// The first of a step counts. @pre `function` is a literal.
inline void trip(char const* function) noexcept
{
    if (this_step.depth != 0 && this_step.culprit == nullptr)
        this_step.culprit = function;
}

/// Whether this thread is inside a step.
[[nodiscard]] inline bool inside_step() noexcept { return this_step.depth != 0; }

/// What the last step of this thread called; null if nothing that reaches out of the world.
[[nodiscard]] inline char const* tripped() noexcept { return this_step.culprit; }

/// Names this thread, as long as it lives.
[[nodiscard]] inline void const* this_thread_mark() noexcept { return &this_step; }

/// What to use instead of the function, as the end of a sentence.
[[nodiscard]] inline std::string remedy(char const* function)
{
    struct advice {
        std::string_view functions;
        std::string_view text;
    };
    static constexpr std::array<advice, 5> all{{
        {" clock_gettime ",
         "use converge::now() or, for the date, converge::time_of(executor).wall_now(), and no "
         "timed wait of the standard library"},
        {" gettimeofday time ", "use converge::time_of(executor).wall_now()"},
        {" getentropy getrandom arc4random ",
         "use converge::random_of(executor), and no std::random_device"},
        {" nanosleep clock_nanosleep ", "use co_await converge::sleep_for"},
        {" pthread_create ",
         "start no threads: co_await, or spawn into a converge::nursery; what must have a thread "
         "belongs behind a fake that has none"},
    }};
    auto const wanted = ' ' + std::string{function} + ' ';
    for (auto const& each : all)
        if (each.functions.find(wanted) != each.functions.npos)
            return std::string{each.text};
    return "ask the services of the executor instead";
}

} // namespace converge::testing::detail
