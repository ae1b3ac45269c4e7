// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/watch_set.hpp>

#include "bed.hpp"

#include <converge/async/nursery.hpp>
#include <converge/testing/check_scenario.hpp>

#include <map>
#include <set>

using namespace guarantees;
using converge::added_watch;
using converge::watch_set;

namespace {

/// A control plane whose set of watches changes at random, beside what must come of it.
class switchboard {
public:
    switchboard(simulation& sim, random_bits& chance) : sim_{sim}, chance_{chance}
    {
        for (auto const* name : {"a", "b", "c"})
            sim_.run(sim_.person.create(site_named(name)));
        for (auto const* name : {"dark", "light"})
            give(name);
        plane_ = sim_.start(noting(seen_).workers(2).triggered_by(more_));
        sim_.settle();
        seen_.runs.clear();
    }

    /// Does something, and sees that exactly those were run who are named by what changed while it
    /// was watched, or was there when the watch was added.
    void step()
    {
        std::set<std::string> due;
        auto const what = chance_.uniform(8);
        if (what < 2 && !watching_) {
            watching_ = more_.watches<theme>(user_of);
            for (auto const& [name, user] : users_)
                due.insert(user);
        } else if (what < 2) {
            watching_.stop();
        } else if (what == 2) {
            restart();
        } else {
            // Now and then the watch breaks with the change, and cannot be resumed.
            sim_.line->cut = chance_.uniform(3) == 0;
            auto const* const name = chance_.uniform(2) == 0 ? "dark" : "light";
            due.insert(users_[name]);
            give(name);
            due.insert(users_[name]);
            sim_.world.run_for(5s);
            sim_.line->cut = false;
        }
        sim_.settle();
        if (!watching_)
            due.clear();
        std::set<std::string> ran;
        for (auto const& run : seen_.runs) {
            REQUIRE(!ran.contains(run.name));
            ran.insert(run.name);
        }
        REQUIRE(ran == due);
        seen_.runs.clear();
        // No cache, and no watch of the store, is left.
        REQUIRE(sim_.line->open_watches == (watching_ ? 2 : 1));
        REQUIRE(cached() == (watching_ ? users_.size() : 0));
    }

private:
    void give(std::string const& name)
    {
        object<theme> made{name};
        made.spec.used_by = std::string(1, static_cast<char>('a' + chance_.uniform(3)));
        made.spec.colour = std::to_string(++changes_);
        users_[name] = made.spec.used_by;
        sim_.run(sim_.person.apply(made));
    }

    void restart()
    {
        sim_.world.kill(*plane_);
        sim_.world.restart(*plane_);
        sim_.settle();
        REQUIRE(seen_.count("a") >= 1);
        seen_.runs.clear();
    }

    [[nodiscard]] std::size_t cached() const
    {
        return static_cast<std::size_t>(
            sim_.metrics->gauge("converge_cache_objects", "", {{"kind", "Theme"}}).value());
    }

    simulation& sim_;
    random_bits& chance_;
    journal seen_;
    watch_set<site> const more_;
    added_watch watching_;
    std::map<std::string, std::string> users_;
    std::optional<converge::testing::process> plane_;
    int changes_ = 0;
};

// A site shows the number of its theme, which its controller does not read from a cache and hears of
// only while that is configured.

object<theme> numbered(std::string name, int number)
{
    object<theme> made{"of-" + name};
    made.spec.used_by = std::move(name);
    made.spec.colour = std::to_string(number);
    return made;
}

task<outcome> show_theme(client api, object<site> of)
{
    auto const used = co_await api.find(converge::key<theme>{"of-" + of.metadata.name});
    int const number = used ? std::stoi(used->spec.colour) : 0;
    if (of.status.ready == number)
        co_return converge::settled();
    of.status.ready = number;
    co_await api.update_status(std::move(of));
    co_return converge::settled();
}

/// Watches themes now and then, and in the end, which may be after their last change.
task<> configure(watch_set<site> more)
{
    for (int round = 0; round != 3; ++round) {
        auto watching = more.watches<theme>(user_of);
        co_await pause(6s);
        watching.stop();
        co_await pause(6s);
    }
    auto last = more.watches<theme>(user_of);
    last.release();
}

task<> plane_with_configuration(client api)
{
    auto const where = co_await converge::this_coro::executor;
    watch_set<site> const more;
    controller<site> sites{show_theme};
    auto watched = sites.triggered_by(more).workers(2);
    converge::nursery crew{where};
    crew.spawn(converge::run(std::move(api), std::move(watched)));
    crew.spawn(configure(more));
    co_await crew.join();
}

task<> change_themes(client api)
{
    for (auto const* name : {"a", "b"})
        co_await api.apply(site_named(name));
    for (int number = 1; number <= 5; ++number) {
        for (auto const* name : {"a", "b"})
            co_await api.apply(numbered(name, number));
        co_await pause(8s);
    }
}

std::string all_show_the_last(converge::testing::snapshot const& now)
{
    for (auto const& each : now.all<site>())
        if (each->status.ready != 5)
            return each->metadata.name + " shows " + std::to_string(each->status.ready);
    return {};
}

void watch_now_and_then(converge::testing::simulation& sim)
{
    sim.plane("controllers", plane_with_configuration);
    sim.user("user", change_themes);
    sim.faults_for(30s);
    // Each time a watch is added all that is there is mapped.
    sim.reconciles_in_quiet(5);
    sim.eventually("every site shows its theme", all_show_the_last);
}

} // namespace

TEST_CASE("R14 watches may be added and removed while the controller runs")
{
    std::uint64_t seed = 0;
    try_seeds([&seed](simulation& sim) {
        random_bits chance{seed++};
        switchboard board{sim, chance};
        for (int i = 0; i != 12; ++i)
            board.step();
    });
}

TEST_CASE("R14 what is watched for a time is reconciled after its last change, whatever fails")
{
    converge::testing::check_scenario({"late_watches", watch_now_and_then, seeds() / 2});
}
