// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"

#include "bed.hpp"

#include "measure/gadget.hpp"
#include "measure/sample.hpp"

#include <converge/async/race.hpp>
#include <converge/async/sleep.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

using namespace std::chrono_literals;

converge::task<converge::outcome> be_content() { co_return converge::settled(); }

/// A program of its own that only runs a controller, until it is killed.
[[noreturn]] void run_hello()
{
    converge::memory_store store;
    fill(store, 1, make_config_map);
    converge::client const api{store};
    converge::controller<config_map> const by{
        [](converge::client, converge::object_ptr<config_map>) { return be_content(); }};
    converge::block_on(converge::run(api, by));
    ::_exit(0);
}

/// What the kernel knows of a process.
struct vitals {
    long resident_kilobytes = 0;
    long threads = 0;
    long wake_ups = 0;
    double seconds = 0;
};

[[nodiscard]] vitals look_at(pid_t process)
{
    vitals found;
    auto const folder = "/proc/" + std::to_string(process);
    std::ifstream status{folder + "/status"};
    for (std::string word; status >> word;) {
        if (word == "VmRSS:")
            status >> found.resident_kilobytes;
        else if (word == "Threads:")
            status >> found.threads;
        else if (word == "voluntary_ctxt_switches:")
            status >> found.wake_ups;
    }
    std::ifstream schedule{folder + "/schedstat"};
    double nanoseconds = 0;
    schedule >> nanoseconds;
    found.seconds = nanoseconds / 1e9;
    return found;
}

} // namespace

void measure_idle(settings const& how, report& into)
{
    into.condition("idle",
                   "a process of its own that runs one controller over a memory_store with one "
                   "object; its memory includes what it shares with this one, its parent");
    auto const process = ::fork();
    if (process < 0)
        throw std::runtime_error{"no process can be made"};
    if (process == 0)
        run_hello();
    std::this_thread::sleep_for(1s);
    auto const before = look_at(process);
    auto const span = how.count(20, 1);
    std::this_thread::sleep_for(std::chrono::seconds{span});
    auto const after = look_at(process);
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
    auto const minutes = static_cast<double>(span) / 60;
    into.add("idle.resident", static_cast<double>(after.resident_kilobytes) / 1024, "MB");
    into.add("idle.threads", static_cast<double>(after.threads), "").at_most(1);
    into.add("idle.wake_ups_per_minute",
             static_cast<double>(after.wake_ups - before.wake_ups) / minutes, "")
        .at_most(0);
    into.add("idle.processor_time_per_minute", 1e3 * (after.seconds - before.seconds) / minutes,
             "ms")
        .at_most(0);
}

} // namespace bench
