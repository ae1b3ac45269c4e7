// SPDX-License-Identifier: BSL-1.0
#include "writer_process.hpp"

#include "store/crash_checker.hpp"
#include "store/crash_workload.hpp"
#include "store/temporary_folder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <sstream>
#include <stdexcept>
#include <thread>

using namespace converge;
using namespace store_test;

namespace kill_test {

namespace {

constexpr char const* plan_variable = "CONVERGE_KILL_WRITER";
/// Where the writer tells what it does.
constexpr int told_descriptor = 3;
using clock_type = std::chrono::steady_clock;

/// One write, of less than the pipe takes in one piece: all of the line arrives or nothing.
void tell(std::string line)
{
    line += '\n';
    auto const sent = ::write(told_descriptor, line.data(), line.size());
    if (sent != static_cast<ssize_t>(line.size()))
        std::abort();
}

class users {
public:
    users(sqlite_store& store, writer_plan const& plan) : all_{store, &tell, options(plan)}
    {
        left_ = plan.users;
        spawn(workload::look_on(all_), false);
        for (std::uint64_t user = 0; user < plan.users; ++user)
            spawn(workload::use(all_, user, plan.steps), true);
    }

    void run()
    {
        std::thread other{[this] { context_.run(); }};
        context_.run();
        other.join();
    }

private:
    static workload_options options(writer_plan const& plan)
    {
        workload_options chosen;
        chosen.seed = plan.seed;
        chosen.first_id = plan.first_id;
        chosen.clock = plan.clock;
        chosen.kept = plan.history;
        if (plan.copies)
            chosen.copy = plan.file + "-copy";
        return chosen;
    }

    void spawn(task<> body, bool counts)
    {
        boost::asio::co_spawn(context_, std::move(body), [this, counts](std::exception_ptr failed) {
            if (failed)
                tell("a user failed");
            if (!counts || --left_ > 0)
                return;
            all_.stop();
            // Whoever looks on waits for one more.
            spawn(workload::put_one(all_, "a/last"), false);
        });
    }

    workload all_;
    std::atomic<std::uint64_t> left_ = 0;
    boost::asio::io_context context_;
};

void write_until_killed(writer_plan const& plan)
{
    auto options = plan.options();
    std::uint64_t seen = 0;
    options.on_step = [&](storage_step what) {
        if (what == plan.step && ++seen == plan.nth)
            ::kill(::getpid(), SIGKILL);
    };
    sqlite_store store{plan.file, resource_types<mark>(), options};
    users{store, plan}.run();
}

/// The reading end of a pipe, which gives lines.
class line_reader {
public:
    explicit line_reader(int descriptor) : descriptor_{descriptor} {}

    /// @returns false at the end, or when `due` came and nothing else.
    bool read(std::vector<std::string>& lines, clock_type::time_point due)
    {
        auto const left = std::chrono::duration_cast<std::chrono::nanoseconds>(
            std::max(due - clock_type::now(), clock_type::duration::zero()));
        timespec const wait{static_cast<time_t>(left.count() / 1'000'000'000),
                            static_cast<long>(left.count() % 1'000'000'000)};
        pollfd ready{descriptor_, POLLIN, 0};
        if (::ppoll(&ready, 1, &wait, nullptr) <= 0)
            return false;
        char block[65'536];
        auto const got = ::read(descriptor_, block, sizeof block);
        if (got <= 0) {
            ended_ = true;
            return false;
        }
        for (auto const each : std::string_view{block, static_cast<std::size_t>(got)})
            if (each == '\n')
                lines.push_back(std::exchange(part_, {}));
            else
                part_ += each;
        return true;
    }

    [[nodiscard]] bool ended() const noexcept { return ended_; }

private:
    int descriptor_;
    std::string part_;
    bool ended_ = false;
};

/// Starts this program again; it then runs the test case `the writer`.
[[nodiscard]] pid_t start(writer_plan const& plan, int telling)
{
    std::string const variable = std::string{plan_variable} + "=" + plan.to_text();
    std::vector<char*> environment;
    for (auto* const* each = environ; *each; ++each)
        environment.push_back(*each);
    environment.push_back(const_cast<char*>(variable.c_str()));
    environment.push_back(nullptr);
    char const* const arguments[] = {"writer", "--no-skip", "--test-case=the writer",
                                     "--out=/dev/null", nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, telling, told_descriptor);
    pid_t child = -1;
    auto const failed = ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr,
                                      const_cast<char**>(arguments), environment.data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0)
        throw std::runtime_error{"cannot start the writer"};
    return child;
}

[[nodiscard]] int reap(pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

} // namespace

std::string writer_plan::to_text() const
{
    std::ostringstream out;
    out << file << ' ' << seed << ' ' << first_id << ' ' << clock << ' ' << users << ' ' << steps
        << ' ' << static_cast<int>(step) << ' ' << nth << ' ' << history << ' ' << log_bytes << ' '
        << static_cast<int>(promise) << ' ' << copies;
    return out.str();
}

writer_plan writer_plan::from_text(std::string const& text)
{
    std::istringstream in{text};
    writer_plan plan;
    int which = 0;
    int promised = 0;
    in >> plan.file >> plan.seed >> plan.first_id >> plan.clock >> plan.users >> plan.steps >>
        which >> plan.nth >> plan.history >> plan.log_bytes >> promised >> plan.copies;
    plan.step = static_cast<storage_step>(which);
    plan.promise = static_cast<durability>(promised);
    return plan;
}

sqlite_store_options writer_plan::options() const
{
    sqlite_store_options chosen;
    chosen.history.events = history;
    chosen.log_bytes = log_bytes;
    chosen.promise = promise;
    return chosen;
}

told run_writer(writer_plan const& plan, death const& end)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw std::runtime_error{"no pipe"};
    auto const child = start(plan, ends[1]);
    ::close(ends[1]);
    line_reader reader{ends[0]};
    told result;
    auto const begin = clock_type::now();
    auto const limit = begin + std::chrono::minutes{1};
    auto const due = end.after_microseconds == UINT64_MAX
                         ? limit
                         : begin + std::chrono::microseconds{end.after_microseconds};
    while (result.lines.size() < end.after_lines && reader.read(result.lines, due)) {
    }
    bool const hung = !reader.ended() && clock_type::now() >= limit;
    if (!reader.ended())
        ::kill(child, SIGKILL);
    while (reader.read(result.lines, limit)) {
    }
    ::close(ends[0]);
    auto const status = reap(child);
    result.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!result.killed && status != 0)
        result.unexpected = status;
    if (hung)
        result.unexpected = -1;
    return result;
}

} // namespace kill_test

// Not a test: what the tests start as a process of its own.
TEST_CASE("the writer" * doctest::skip())
{
    auto const* const plan = std::getenv(kill_test::plan_variable);
    REQUIRE(plan);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    kill_test::write_until_killed(kill_test::writer_plan::from_text(plan));
}

TEST_CASE("a writer that comes to its end was told of everything that its file holds")
{
    temporary_folder folder;
    kill_test::writer_plan plan;
    plan.file = folder.file("store");
    plan.steps = 40;
    auto const told = kill_test::run_writer(plan);
    CHECK_FALSE(told.killed);
    REQUIRE(told.unexpected == 0);
    crash_log log;
    for (auto const& line : told.lines)
        log.read(line);
    CHECK(log.asked.size() == log.acknowledged.size() + log.void_.size());
    CHECK(log.acknowledged.size() > 50);
    CHECK(log.seen.size() > 50);
    sqlite_store reopened{plan.file, resource_types<mark>(), plan.options()};
    CHECK(reopened.newest() == log.newest);
    crash_checker checker;
    CHECK(checker.check(log, read_back(reopened, 100)) == std::vector<std::string>{});
}
