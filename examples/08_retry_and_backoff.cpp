// SPDX-License-Identifier: BSL-1.0

// What happens when something fails. A reconciler does not handle failures: it throws, and is
// called again, after longer and longer. It only says what is no use trying again.

#include <converge/converge.hpp>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
using namespace std::chrono_literals;

struct backup {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Backup"};
    struct spec {
        std::string to;
    };
    struct status {
        bool done = false;
    };
};
BOOST_DESCRIBE_STRUCT(backup::spec, (), (to))
BOOST_DESCRIBE_STRUCT(backup::status, (), (done))

// Answers from the third call on.
struct machine_room {
    int calls = 0;

    void copy(std::string const& to)
    {
        if (to.empty())
            throw converge::error{converge::errc::terminal,
                                  "spec.to: \"\" names no place; write one, such as \"shelf\""};
        if (++calls < 3)
            throw std::runtime_error{"nobody picks up"};
    }
};

converge::task<converge::outcome> reconcile(machine_room& room, converge::client api,
                                            converge::object<backup> of)
{
    if (of.status.done)
        co_return converge::settled();
    // Whatever this throws, of whatever type, ends here and nowhere else: the other objects go on.
    room.copy(of.spec.to);
    of.status.done = true;
    co_await api.update_status(of);
    co_return converge::settled();
}

bool done(converge::object<backup> const& of) { return of.status.done; }

converge::task<> scenario(converge::client api, converge::reconcile_history const& history)
{
    converge::object<backup> photos{"photos"};
    photos.spec.to = "shelf";
    co_await api.apply(photos);
    co_await api.wait_until(photos.key(), done);

    // A terminal failure is not tried again; but a change of the object runs it at once.
    converge::object<backup> letters{"letters"};
    co_await api.apply(letters);
    co_await converge::sleep_for(50ms);
    letters.spec.to = "drawer";
    co_await api.apply(letters);
    co_await api.wait_until(letters.key(), done);

    for (auto const& run : history.runs())
        if (run.result != "settled" || !run.writes.empty())
            std::printf("%s, attempt %u: %s%s%s\n", run.about.name.c_str(), run.attempt + 1,
                        run.result.c_str(), run.why.empty() ? "" : ", ", run.why.c_str());
}

int main()
{
    converge::memory_store store;
    converge::client const api{store};
    machine_room room;
    auto const history = std::make_shared<converge::reconcile_history>();
    converge::controller<backup> const backups{
        [&room](converge::client through, converge::object<backup> of) {
            return reconcile(room, std::move(through), std::move(of));
        }};
    // 1 ms after the first failure, then 2, 4, ... at most a second, and up to a tenth less, by
    // chance, so that what failed together does not come back together. Whoever needs another rule
    // for each object writes it as a function: `backups.retrying(...)`.
    auto const patient = backups.backoff({1ms, 1s, 2.0, 0.1}).time_limit(10s);
    return converge::block_on(converge::until(
        scenario(api, *history),
        converge::run(api, converge::control_context{}.remembering_in(history), patient)));
}
