// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/simulation.hpp>

#include <converge/async/race.hpp>
#include <converge/async/sleep.hpp>
#include <converge/client/view.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>
#include <converge/model/owner_references.hpp>
#include <converge/testing/explore.hpp>

#include "scenarios.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

using namespace converge;
using namespace converge::testing;
using namespace small_scenarios;
using namespace std::chrono_literals;

namespace {

struct page {
    static constexpr kind_name kind{"test.converge.dev/v1", "Page"};
    struct spec {
        int number = 0;
    };
};
BOOST_DESCRIBE_STRUCT(page::spec, (), (number))

/// What a run of this says is wrong; "holds" if nothing.
std::string run_calmly(std::function<void(simulation&)> const& declare,
                       fault_plan const& plan = fault_plan::calm(1))
{
    simulation sim{plan};
    sim.faults_for(1s);
    declare(sim);
    auto const report = sim.run();
    return report.wrong ? report.wrong->oracle + ": " + report.wrong->message : "holds";
}

void write_one(simulation& sim)
{
    sim.user("user", [](client api) { return write_note(std::move(api), "well"); });
}

task<> fail_after(duration span, std::string why)
{
    co_await sleep_for(span);
    throw std::runtime_error{why};
}

task<> nap(duration span) { co_await sleep_for(span); }

task<> tick_for_ever()
{
    for (;;)
        co_await sleep_for(1s);
}

/// Lives for ever but in its second life.
task<> fail_second_time(int life)
{
    co_await sleep_for(1s);
    if (life == 2)
        throw std::runtime_error{"no second time"};
    co_await tick_for_ever();
}

[[noreturn]] std::string out_of_range(snapshot const&) { throw std::out_of_range{"index"}; }

[[nodiscard]] bool contains(std::string const& text, std::string const& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a check that throws is an accusation under its name")
{
    auto const always = run_calmly([](simulation& sim) {
        write_one(sim);
        sim.always("all is well", out_of_range);
    });
    CHECK(always == "all is well: the check throws: index");
    auto const eventually = run_calmly([](simulation& sim) {
        write_one(sim);
        sim.eventually("all ends well", out_of_range);
    });
    CHECK(eventually == "all ends well: the check throws: index");
    auto const each = run_calmly([](simulation& sim) {
        write_one(sim);
        sim.eventually_each<note>("each is well", [](object<note> const&) -> std::string {
            throw std::out_of_range{"index"};
        });
    });
    CHECK(each == "each is well: the check throws: index");
    auto const most = run_calmly([](simulation& sim) {
        write_one(sim);
        sim.at_most<note, page>(
            [](object<note> const&) -> std::size_t { throw std::out_of_range{"index"}; });
    });
    CHECK(contains(most, "no more children than were ever asked for: the check throws"));
}

TEST_CASE("an environment that fails is accused; one that ends is not")
{
    for (auto const span : {500ms, 30'000ms}) {
        auto const fails = run_calmly([span](simulation& sim) {
            sim.environment("cloud", [span] { return fail_after(span, "out of quota"); });
        });
        CHECK(fails == "what is around the planes works: cloud: out of quota");
    }
    CHECK(run_calmly([](simulation& sim) { sim.environment("cloud", [] { return nap(5s); }); }) ==
          "holds");
}

namespace {

/// Fails once something else than reading is asked of it.
class broken_store {
public:
    explicit broken_store(any_store below) : below_{std::move(below)} {}

    task<commit_outcome> commit(transaction) { throw std::runtime_error{"disk full"}; }
    task<std::optional<stored>> get(std::string key) { return below_.get(std::move(key)); }
    task<list_page> list(list_query query) { return below_.list(std::move(query)); }
    std::unique_ptr<watch_stream> watch(watch_query query)
    {
        return below_.watch(std::move(query));
    }
    task<revision> newest() { return below_.newest(); }
    task<lease_id> grant_lease(duration ttl, instant now) { return below_.grant_lease(ttl, now); }
    task<bool> renew_lease(lease_id lease, instant now) { return below_.renew_lease(lease, now); }
    task<std::optional<instant>> housekeep(instant now) { return below_.housekeep(now); }
    store_stats stats() { return below_.stats(); }
    std::uint64_t incarnation() { return below_.incarnation(); }

private:
    any_store below_;
};

} // namespace

TEST_CASE("what an api throws that is no error of ours is told as it is")
{
    auto const fails = run_calmly([](simulation& sim) {
        write_one(sim);
        sim.over_store([](any_store below) {
            return any_store{std::make_shared<broken_store>(std::move(below))};
        });
    });
    CHECK(fails == "what is around the planes works: network: disk full");
}

TEST_CASE("a plane that ends is accused, whether it threw or returned, and whenever")
{
    for (auto const span : {500ms, 30'000ms, 100'000ms}) {
        auto const fails = run_calmly([span](simulation& sim) {
            sim.plane("controllers", [span](client) { return fail_after(span, "lost its way"); });
        });
        CHECK(fails == "planes do not end by themselves: controllers: lost its way");
        auto const returns = run_calmly([span](simulation& sim) {
            sim.plane("controllers", [span](client) { return nap(span); });
        });
        CHECK(returns == "planes do not end by themselves: controllers: its task returned");
        auto const lawful = run_calmly([span](simulation& sim) {
            sim.may_end("controllers");
            sim.plane("controllers", [span](client) { return nap(span); });
        });
        CHECK(lawful == "holds");
    }
    auto const again = run_calmly([](simulation& sim) {
        sim.plane("controllers", [lives = 0](client) mutable { return fail_second_time(++lives); });
    });
    CHECK(again == "planes do not end by themselves: controllers: no second time");
}

TEST_CASE("a plane that may end and has ended is not started again")
{
    auto const starts = std::make_shared<int>(0);
    auto const holds = run_calmly([starts](simulation& sim) {
        sim.may_end("machine");
        sim.plane("machine", [starts](client) {
            ++*starts;
            return nap(5s);
        });
    });
    CHECK(holds == "holds");
    CHECK(*starts == 1);
}

TEST_CASE("a crash that is planned for later than the faults does not happen")
{
    for (std::uint64_t const step : {10u, 150u}) {
        fault_plan plan = fault_plan::calm(1);
        plan.faults->push_back(fault{fault_kind::crash, "controllers", 0, step});
        auto const starts = std::make_shared<int>(0);
        simulation sim{plan};
        sim.plane("controllers", [starts](client) {
            ++*starts;
            return tick_for_ever();
        });
        auto const report = sim.run();
        CHECK(!report.wrong);
        bool const crashed = step < 60;
        CHECK(report.faults.size() == (crashed ? 1 : 0));
        // All planes start again in the end.
        CHECK(*starts == (crashed ? 3 : 2));
    }
}

namespace {

task<outcome> finish_slowly(client api, object<note> of)
{
    if (of.spec.text == "done")
        co_return settled();
    co_await sleep_for(100s);
    of.spec.text = "done";
    co_await api.update(of);
    co_return settled();
}

/// Looks again after a while, and only then writes.
struct finish_at_second_look {
    std::shared_ptr<int> looks = std::make_shared<int>(0);

    finish_at_second_look() {}
    task<outcome> operator()(client api, object<note> of) const
    {
        return look(std::move(api), std::move(of), looks);
    }
    static task<outcome> look(client api, object<note> of, std::shared_ptr<int> times)
    {
        if (of.spec.text == "done")
            co_return settled();
        if (++*times == 1)
            co_return again_in(100s);
        of.spec.text = "done";
        co_await api.update(of);
        co_return settled();
    }
};

/// A plane of one controller, and a user who writes a note.
template <class Reconcile>
std::function<void(simulation&)> with_controller(Reconcile reconcile)
{
    return [reconcile](simulation& sim) {
        write_one(sim);
        sim.plane("controllers", [reconcile](client api) {
            return run(std::move(api), controller<note>{reconcile});
        });
    };
}

} // namespace

TEST_CASE("there is no rest while something is being reconciled")
{
    CHECK(run_calmly(with_controller(finish_slowly)) == "holds");
}

TEST_CASE("a controller that asked for another look is waited for as long as is said")
{
    CHECK(contains(run_calmly(with_controller(finish_at_second_look{})),
                   "nothing is written at rest"));
    auto const patient = [](simulation& sim) {
        with_controller(finish_at_second_look{})(sim);
        sim.rests_after(2min);
    };
    CHECK(run_calmly(patient) == "holds");
    auto const too_patient = [](simulation& sim) {
        write_one(sim);
        sim.rests_after(20min);
    };
    CHECK(
        run_calmly(too_patient).ends_with("rests_after(20m) must be less than rests_within(10m)"));
}

namespace {

task<outcome> fail_for_ever(client, object<note>)
{
    throw error{errc::unavailable, "the printer is on fire"};
    co_return settled();
}

task<> write_for_ever(client api)
{
    for (int i = 0;; ++i) {
        object<note> wanted{"note"};
        wanted.spec.text = std::to_string(i);
        co_await api.apply(wanted);
        co_await sleep_for(20s);
    }
}

} // namespace

TEST_CASE("what keeps it from rest is told by its name, with its reason and the time it had")
{
    auto const declare = [](simulation& sim) {
        with_controller(fail_for_ever)(sim);
        sim.rests_within(3min);
    };
    auto const fails = run_calmly(declare);
    CHECK(contains(fails, "it comes to rest: 3m after the last fault "));
    CHECK(contains(fails, "test.converge.dev/notes/default/note is to be tried again; the last "
                          "result: failed: "));
    CHECK(contains(fails, "the printer is on fire"));
    auto const writes =
        run_calmly([](simulation& sim) { sim.plane("controllers", write_for_ever); });
    CHECK(contains(writes, "it comes to rest: 10m after the last fault Note default/note at "));
    CHECK(contains(writes, " (by controllers) was written, "));
}

TEST_CASE("a script that does not end is told by its name, also when faults go on for long")
{
    auto const never = [](simulation& sim) {
        write_one(sim);
        sim.user("patient", [](client) { return tick_for_ever(); });
    };
    CHECK(run_calmly(never) == "the user's scripts end: after 1h not ended: patient");
    simulation sim{fault_plan::calm(1)};
    sim.faults_for(2h);
    sim.user("patient", [](client) { return nap(90min); });
    auto const report = sim.run();
    CHECK(!report.wrong);
    CHECK(report.span >= 2h);
}

namespace {

/// Three pages of a note, the number on each updated once it is there.
task<outcome> show_pages(client api, object<note> of, view<page> pages)
{
    for (int i = 1; i <= 3; ++i) {
        key<page> const id{of.metadata.name + "-" + std::to_string(i)};
        auto const found = pages.find(id);
        object<page> wanted = found ? *found : object<page>{id};
        if (found && found->spec.number == i)
            continue;
        wanted.spec.number = found ? i : 0;
        if (!found) {
            wanted.metadata.owner_references.push_back(controller_reference(of));
            co_await api.create(wanted);
        } else {
            co_await api.update(wanted);
        }
    }
    co_return settled();
}

task<> write_two_notes(client api)
{
    for (auto const* name : {"one", "two"}) {
        object<note> const made{name};
        co_await api.create(made);
    }
}

std::string numbered(object<page> const& one)
{
    return one.spec.number == 0 ? one.metadata.name + " has no number" : std::string{};
}

} // namespace

TEST_CASE("a poisoned child excuses its owner, and neither the others nor their children")
{
    auto const declare = [](bool careless) {
        return [careless](simulation& sim) {
            sim.user("user", write_two_notes);
            sim.plane("controllers", [](client api) {
                controller<note> const notes{show_pages};
                return run(std::move(api), notes.owns<page>());
            });
            sim.eventually_each<page>("each page has a number", [careless](auto const& one) {
                return careless && one.metadata.name == "two-1" ? "is the wrong one"
                                                                : numbered(one);
            });
        };
    };
    fault_plan plan{1};
    plan.faults.emplace();
    plan.faults->push_back(fault{fault_kind::poisoned_object, "test.converge.dev/pages", 2});
    // The last page of one of the notes: the others get their numbers before it fails.
    CHECK(run_calmly(declare(false), plan) == "holds");
    auto const careless = run_calmly(declare(true), plan);
    CHECK(contains(careless, "each page has a number: Page default/two-1: is the wrong one (all "
                             "writes of test.converge.dev/pages/default/"));
    plan.faults->clear();
    CHECK(run_calmly(declare(false), plan) == "holds");
}

namespace {

task<outcome> never_end(client, object<note>)
{
    co_await sleep_for(1h);
    co_return settled();
}

task<outcome> end_at_once(client, object<note>) { co_return settled(); }

/// Runs a controller, stops it while it works, and runs it again.
task<> run_twice(client api)
{
    controller<note> const first{never_end};
    controller<note> const second{end_at_once};
    try {
        co_await deadline(run(api, first), 20s);
    } catch (error const&) {
    }
    co_await run(api, second);
}

} // namespace

TEST_CASE("a reconcile that was cancelled has ended, and another one may begin")
{
    auto const declare = [](simulation& sim) {
        write_one(sim);
        sim.plane("controllers", run_twice);
    };
    CHECK(run_calmly(declare) == "holds");
}

namespace {

task<> make_named_pages(client api)
{
    object<note> const owner{"owner"};
    auto const made = co_await api.create(owner);
    for (int i = 1; i <= 3; ++i) {
        object<page> one;
        one.metadata.generate_name = "page-";
        one.spec.number = i;
        one.metadata.owner_references.push_back(controller_reference(*made));
        co_await api.create(one);
    }
}

} // namespace

TEST_CASE("runs that end alike but for names that the api drew end as without faults")
{
    scenario const what{"named pages", [](simulation& sim) {
                            sim.user("user", make_named_pages);
                            sim.faults_for(1s);
                            sim.same_end_without_faults();
                        }};
    for (std::uint64_t seed = 0; seed != 10; ++seed) {
        auto const report = run_plan(what, fault_plan{seed});
        CHECK_MESSAGE(!report.wrong, report.wrong->message);
    }
}

namespace {

task<> want_note(client api, bool there)
{
    key<note> const id{"note"};
    if (there) {
        object<note> const wanted{id};
        co_await api.apply(wanted);
        co_return;
    }
    try {
        co_await api.remove(id);
    } catch (error const&) {
        // It was not there.
    }
}

} // namespace

TEST_CASE("what came and went on the way to the last desired state is not compared")
{
    scenario const what{"on and off", [](simulation& sim) {
                            sim.desired_states(
                                {{"none", [](client api) { return want_note(api, false); }},
                                 {"one", [](client api) { return want_note(api, true); }}});
                            sim.faults_for(1s);
                            sim.same_end_without_faults();
                        }};
    for (std::uint64_t seed = 0; seed != 20; ++seed) {
        auto const report = run_plan(what, fault_plan::calm(seed));
        CHECK_MESSAGE(!report.wrong, report.wrong->message);
    }
}
