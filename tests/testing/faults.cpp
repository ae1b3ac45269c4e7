// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/fault.hpp>

#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>
#include <converge/client/client.hpp>
#include <converge/codec/described_traits.hpp>
#include <converge/testing/detail/run_once.hpp>
#include <converge/testing/explore.hpp>
#include <converge/testing/outside.hpp>
#include <converge/testing/simulation.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// One fault, in a run where nothing else goes wrong: that it happens, that a plane may meet it, and
// what the plane sees of it.

using namespace converge;
using namespace converge::testing;
using namespace std::chrono_literals;

namespace {

struct note {
    static constexpr kind_name kind{"test.converge.dev/v1", "Note"};
    struct spec {
        std::string text{};
    };
};
BOOST_DESCRIBE_STRUCT(note::spec, (), (text))

/// Nobody may annotate these.
struct plain_note {
    static constexpr kind_name kind{"test.converge.dev/v1", "PlainNote"};
    struct spec {
        std::string text{};
    };
    static result<void> validate(object<plain_note> const& of);
};
BOOST_DESCRIBE_STRUCT(plain_note::spec, (), (text))

result<void> plain_note::validate(object<plain_note> const& of)
{
    if (of.metadata.annotations.empty())
        return {};
    return failure{errc::invalid, "it is annotated"}.at("metadata.annotations");
}

/// How something went, and how long it took.
struct deed {
    std::string went;
    duration took{};

    deed(std::string how, duration span) : went{std::move(how)}, took{span} {}
};

/// What the first life of a plane notes; later ones do nothing.
struct diary {
    std::vector<deed> deeds;
    int lives = 0;

    [[nodiscard]] std::vector<std::string> all() const
    {
        std::vector<std::string> went;
        for (auto const& each : deeds)
            went.push_back(each.went);
        return went;
    }
};
using notes = std::vector<std::string>;

template <class T>
task<> note_down(std::shared_ptr<diary> in, task<T> call, std::function<std::string(T const&)> said)
{
    auto const before = co_await now();
    std::string went;
    try {
        auto const answer = co_await std::move(call);
        went = said(answer);
    } catch (error const& no) {
        went = no.reason().code.message();
    }
    auto const after = co_await now();
    in->deeds.emplace_back(std::move(went), after - before);
}

task<> create(std::shared_ptr<diary> in, client api, std::string name)
{
    object<note> const made{std::move(name)};
    std::function<std::string(object_ptr<note> const&)> const said = [](auto const&) {
        return "done";
    };
    co_await note_down(std::move(in), api.create(made), said);
}

task<> look(std::shared_ptr<diary> in, client api, std::string name)
{
    std::function<std::string(object_ptr<note> const&)> const said = [](auto const& found) {
        return found ? "there" : "absent";
    };
    key<note> const id{std::move(name)};
    co_await note_down(std::move(in), api.find<note>(id), said);
}

task<> list(std::shared_ptr<diary> in, client api, list_options which)
{
    std::function<std::string(object_list<note> const&)> const said = [](auto const& found) {
        return std::to_string(found.size());
    };
    co_await note_down(std::move(in), api.list<note>(std::move(which)), said);
}

task<> next_of(std::shared_ptr<diary> in, std::shared_ptr<watch_stream> from)
{
    std::function<std::string(watch_batch const&)> const said = [](watch_batch const& seen) {
        return std::to_string(seen.events.size()) + " seen";
    };
    co_await note_down(std::move(in), from->next(), said);
}

task<> create_and_look(std::shared_ptr<diary> in, client api)
{
    co_await create(in, api, "n");
    co_await look(in, api, "n");
    co_await sleep_for(4min);
    co_await look(in, api, "n");
}

template <class R>
task<> change(std::shared_ptr<diary> in, client api)
{
    object<R> const wanted{"n"};
    key<R> const id{"n"};
    auto const made = co_await api.create(wanted);
    auto changed = *made;
    changed.spec.text = "changed";
    std::function<std::string(object_ptr<R> const&)> const said = [](auto const&) {
        return "done";
    };
    co_await note_down(in, api.update(changed), said);
    auto const left = co_await api.get(id);
    in->deeds.emplace_back(left->metadata.annotations.empty() ? "alone" : "annotated", 0s);
}

task<> create_three(client api)
{
    auto const nobody = std::make_shared<diary>();
    for (auto const* name : {"a", "b", "c"})
        co_await create(nobody, api, name);
}

task<> turn_pages(std::shared_ptr<diary> in, client api)
{
    co_await create_three(api);
    auto const first = co_await api.list<note>(list_options{}.pages_of(1));
    co_await list(in, api, list_options{}.pages_of(1).continued(first.token()));
}

task<> list_replica(std::shared_ptr<diary> in, client api)
{
    co_await create_three(api);
    for (int i = 0; i != 2; ++i)
        co_await list(in, api, list_options{}.from_any_replica());
}

/// What comes of three notes that were created behind the first revision, and of a list after that.
task<> watch(std::shared_ptr<diary> in, client api)
{
    object<note> const wanted{"first"};
    auto const first = co_await api.create(wanted);
    co_await create_three(api);
    watch_request asked{type_of<note>(), first->metadata.resource_version};
    std::shared_ptr<watch_stream> const stream = api.through()->watch(std::move(asked));
    co_await next_of(in, stream);
    co_await list(in, api, list_options{});
}

task<> look_at_clocks(std::shared_ptr<diary> in, client)
{
    auto const where = co_await this_coro::executor;
    auto const wall = time_of(where).wall_now();
    auto const before = co_await now();
    co_await sleep_for(30s);
    auto const after = co_await now();
    in->deeds.emplace_back("steady", after - before);
    in->deeds.emplace_back("wall", time_of(where).wall_now() - wall);
}

task<bool> call(bool& done)
{
    co_await outside("call");
    done = true;
    co_await outside_answer("call");
    co_return true;
}

task<> call_outside(std::shared_ptr<diary> in, client)
{
    bool done = false;
    std::function<std::string(bool const&)> const said = [](bool const&) { return "well"; };
    co_await note_down(in, call(done), said);
    in->deeds.emplace_back(done ? "done" : "not done", 0s);
}

task<> change_both(std::shared_ptr<diary> in, client api)
{
    co_await sleep_for(1s);
    std::function<std::string(object_ptr<note> const&)> const said = [](auto const&) {
        return "done";
    };
    for (auto const* name : {"a", "b"}) {
        key<note> const id{name};
        auto const found = co_await api.get(id);
        if (found->spec.text == "changed")
            continue;
        auto changed = *found;
        changed.spec.text = "changed";
        co_await note_down(in, api.update(changed), said);
    }
}

task<> nothing() { co_return; }

using script = task<> (*)(std::shared_ptr<diary>, client);

/// A plane that does something in its first life.
scenario scenario_of(script body, std::shared_ptr<diary> in)
{
    return {"single fault", [body, in](simulation& sim) {
                *in = diary{};
                sim.may_end("plane");
                sim.plane("plane", [body, in](client api) {
                    return ++in->lives == 1 ? body(in, std::move(api)) : nothing();
                });
                sim.faults_for(5min);
            }};
}

/// The first place of this kind whose name has `part` in it, in a run without faults.
fault place_of(scenario const& what, fault_kind kind, std::string_view part, std::uint64_t seed = 1)
{
    converge::testing::detail::calm_ends ends;
    converge::testing::detail::fault_places places;
    converge::testing::detail::listeners to;
    to.places = &places;
    auto const calm = converge::testing::detail::run_once(what, fault_plan::calm(seed), ends, to);
    REQUIRE_FALSE(calm.wrong.has_value());
    auto const found = std::ranges::find_if(places.all, [&](fault const& each) {
        return each.kind == kind && each.site.find(part) != std::string::npos;
    });
    REQUIRE(found != places.all.end());
    return *found;
}

/// Runs with that fault alone: it happens, and nothing is wrong.
void run_with(scenario const& what, fault one, std::uint64_t seed = 1)
{
    auto plan = fault_plan::calm(seed);
    plan.faults->push_back(std::move(one));
    auto const report = run_plan(what, plan);
    CAPTURE(to_string(plan.faults->front()));
    if (report.wrong)
        FAIL_CHECK(report.wrong->oracle << ": " << report.wrong->message);
    CHECK(report.faults == *plan.faults);
}

diary met(script body, fault_kind kind, std::string_view part = "")
{
    auto const in = std::make_shared<diary>();
    auto const what = scenario_of(body, in);
    run_with(what, place_of(what, kind, part));
    return *in;
}

diary calm(script body)
{
    auto const in = std::make_shared<diary>();
    auto const report = run_plan(scenario_of(body, in), fault_plan::calm(1));
    CHECK_FALSE(report.wrong.has_value());
    return *in;
}

} // namespace

TEST_CASE("without a fault what a plane asks for is done at once")
{
    auto const seen = calm(create_and_look);
    CHECK(seen.all() == notes{"done", "there", "there"});
    CHECK(seen.deeds[0].took < 100ms);
    CHECK(seen.lives == 1);
    CHECK(calm(change<note>).all() == notes{"done", "alone"});
    CHECK(calm(turn_pages).all() == notes{"1"});
    CHECK(calm(list_replica).all() == notes{"3", "3"});
    CHECK(calm(watch).all() == notes{"3 seen", "4"});
    CHECK(calm(watch).deeds[1].took < 100ms);
    CHECK(calm(call_outside).all() == notes{"well", "done"});
    auto const clocks = calm(look_at_clocks);
    CHECK(clocks.deeds[0].took == 30s);
    CHECK(clocks.deeds[1].took == 30s);
}

TEST_CASE("a refused request says so at once, and nothing is done")
{
    auto const seen = met(create_and_look, fault_kind::refused_request, "create");
    CHECK(seen.all() == notes{"unavailable", "absent", "absent"});
    CHECK(seen.deeds[0].took < 100ms);
}

TEST_CASE("a lost request is never done, and its sender gives up")
{
    auto const seen = met(create_and_look, fault_kind::lost_request, "create");
    CHECK(seen.all() == notes{"timed out", "absent", "absent"});
    CHECK(seen.deeds[0].took == 5s);
}

TEST_CASE("a lost answer looks like a lost request, but the request is done")
{
    auto const seen = met(create_and_look, fault_kind::lost_answer, "create");
    CHECK(seen.all() == notes{"timed out", "there", "there"});
    CHECK(seen.deeds[0].took == 5s);
}

TEST_CASE("a late request is done when its sender has given up")
{
    auto const seen = met(create_and_look, fault_kind::late_request, "create");
    CHECK(seen.all() == notes{"timed out", "absent", "there"});
}

TEST_CASE("a slow answer is one")
{
    auto const seen = met(create_and_look, fault_kind::slow_answer, "create");
    CHECK(seen.all() == notes{"done", "there", "there"});
    CHECK(seen.deeds[0].took >= 100ms);
}

TEST_CASE("a rival writes just before a write arrives, which is a conflict then")
{
    CHECK(met(change<note>, fault_kind::rival_write, "update").all() ==
          notes{"conflict", "annotated"});
}

TEST_CASE("a rival whom the api refuses is nothing to the sender")
{
    CHECK(met(change<plain_note>, fault_kind::rival_write, "update").all() ==
          notes{"done", "alone"});
}

TEST_CASE("an expired token is told as such")
{
    CHECK(met(turn_pages, fault_kind::expired_token, "list").all() == notes{"gone"});
}

TEST_CASE("a replica that lags lists an old state, to those who allow it, and the next list is "
          "none of it")
{
    auto const seen = met(list_replica, fault_kind::stale_replica, "list");
    REQUIRE(seen.deeds.size() == 2);
    CHECK(seen.deeds[0].went < std::string{"3"});
    CHECK(seen.deeds[1].went == "3");
}

TEST_CASE("a late event comes seconds late, with all that it tells")
{
    auto const seen = met(watch, fault_kind::late_event);
    CHECK(seen.all() == notes{"3 seen", "4"});
    CHECK(seen.deeds[0].took >= 1s);
}

TEST_CASE("a watch breaks before it tells what it had")
{
    auto const seen = met(watch, fault_kind::broken_watch);
    CHECK(seen.all() == notes{"unavailable", "4"});
    CHECK(seen.deeds[0].took < 100ms);
}

TEST_CASE("a silent watch breaks after a while")
{
    auto const seen = met(watch, fault_kind::silent_watch);
    CHECK(seen.all() == notes{"unavailable", "4"});
    CHECK(seen.deeds[0].took >= 20s);
}

TEST_CASE("a hidden event is seen by a late list alone")
{
    auto const seen = met(watch, fault_kind::hidden_event);
    CHECK(seen.all() == notes{"gone", "4"});
    CHECK(seen.deeds[1].took >= 900ms);
}

TEST_CASE("a watch that begins behind a compaction is told that the history is gone")
{
    CHECK(met(watch, fault_kind::compaction).all() == notes{"gone", "4"});
}

TEST_CASE("a plane that crashes starts anew, and what it had begun is not gone on with")
{
    auto const in = std::make_shared<diary>();
    auto const what = scenario_of(create_and_look, in);
    auto before_third_step = place_of(what, fault_kind::crash, "plane");
    before_third_step.amount = 3;
    run_with(what, before_third_step);
    CHECK(in->lives == 2);
    CHECK(in->deeds.size() < 3);
}

namespace {

/// Notes when the life that it is a local of ends.
class last_words {
public:
    last_words(world& in, std::optional<std::uint64_t>& at) : in_{in}, at_{at} {}
    last_words(last_words const&) = delete;
    last_words& operator=(last_words const&) = delete;
    ~last_words()
    {
        if (!at_)
            at_ = in_.steps();
    }

private:
    world& in_;
    std::optional<std::uint64_t>& at_;
};

struct history {
    int lives = 0;
    std::optional<std::uint64_t> died;
    std::optional<std::uint64_t> written;
};

task<> create_once(client api, std::shared_ptr<history> of, world& in)
{
    if (++of->lives != 1)
        co_return;
    last_words const here{in, of->died};
    object<note> const wanted{"n"};
    co_await api.create(wanted);
    co_await sleep_for(10min);
}

void declare_create_once(simulation& sim, std::shared_ptr<history> of)
{
    *of = history{};
    auto& in = sim.world();
    sim.may_end("plane");
    sim.plane("plane", [of, &in](client api) { return create_once(std::move(api), of, in); });
    sim.always("when it is written", [of, &in](snapshot const& now) {
        if (!of->written && !now.all<note>().empty())
            of->written = in.steps();
        return std::string{};
    });
    sim.faults_for(1min);
}

} // namespace

TEST_CASE(
    "a crash in a request leaves it on its way or not, and it arrives after its sender's death")
{
    auto const of = std::make_shared<history>();
    scenario const what{"dies", [of](simulation& sim) { declare_create_once(sim, of); }};
    int written = 0;
    int lost = 0;
    for (std::uint64_t seed = 0; seed != 12; ++seed) {
        CAPTURE(seed);
        run_with(what, place_of(what, fault_kind::crash_in_request, "create", seed), seed);
        CHECK(of->lives == 2);
        REQUIRE(of->died.has_value());
        written += of->written ? 1 : 0;
        lost += of->written ? 0 : 1;
        if (of->written)
            CHECK(*of->written > *of->died);
    }
    CHECK(written > 0);
    CHECK(lost > 0);
}

TEST_CASE("a paused plane does nothing for a while, and then goes on")
{
    auto const seen = met(create_and_look, fault_kind::pause, "create");
    CHECK(seen.all() == notes{"done", "there", "there"});
    CHECK(seen.deeds[0].took >= 1s);
    CHECK(seen.lives == 1);
}

TEST_CASE("the wall clock jumps, and the steady one does not")
{
    auto const seen = met(look_at_clocks, fault_kind::clock_jump);
    REQUIRE(seen.deeds.size() == 2);
    CHECK(seen.deeds[0].took == 30s);
    auto const jump = seen.deeds[1].took - 30s;
    CHECK(std::max(jump, -jump) >= 1s);
}

TEST_CASE("late timers ring after their time")
{
    auto const seen = met(look_at_clocks, fault_kind::late_timers);
    CHECK(seen.deeds[0].took > 30s);
    CHECK(seen.deeds[0].took <= 32s);
}

TEST_CASE("a refused call has no effect")
{
    CHECK(met(call_outside, fault_kind::refused_call).all() == notes{"unavailable", "not done"});
}

TEST_CASE("a call whose answer is lost is done")
{
    auto const seen = met(call_outside, fault_kind::lost_call_answer);
    CHECK(seen.all() == notes{"timed out", "done"});
    CHECK(seen.deeds[0].took == 5s);
}

TEST_CASE("a slow call takes seconds")
{
    auto const seen = met(call_outside, fault_kind::slow_call);
    CHECK(seen.all() == notes{"well", "done"});
    CHECK(seen.deeds[0].took >= 1s);
}

TEST_CASE("a poisoned object refuses every write, and others none")
{
    auto const in = std::make_shared<diary>();
    auto const plain = scenario_of(change_both, in);
    scenario const what{"poison", [plain](simulation& sim) {
                            sim.user("user", create_three);
                            plain.declare(sim);
                            sim.eventually_each<note>("is changed", [](object<note> const& one) {
                                bool const said =
                                    one.spec.text == "changed" || one.metadata.name == "c";
                                return std::string{said ? "" : "is not"};
                            });
                        }};
    run_with(what, place_of(what, fault_kind::poisoned_object, ""));
    CHECK(in->all() == notes{"unavailable", "done"});
}

namespace {

/// A plane that is told how its request went, once in all its lives.
task<> request_once(client api, std::shared_ptr<std::vector<std::string>> went, std::string name)
{
    auto const in = std::make_shared<diary>();
    co_await create(in, std::move(api), name);
    went->push_back(name + " " + in->all().front());
}

task<> call_as(std::string name)
{
    co_await outside(name);
    co_await outside_answer(name);
}

} // namespace

TEST_CASE("a chance can be said of one plane alone, and counts more than that of all")
{
    auto const went = std::make_shared<std::vector<std::string>>();
    simulation sim{fault_plan{1}};
    for (std::size_t i = 0; i != fault_kinds; ++i)
        sim.chance_of(static_cast<fault_kind>(i), 0);
    sim.chance_of(fault_kind::refused_request, 1);
    sim.chance_of(fault_kind::refused_request, 0, "spared");
    for (std::string const name : {"spared", "spared-not"}) {
        sim.may_end(name);
        sim.plane(name, [went, name](client api) { return request_once(api, went, name); });
    }
    sim.faults_for(1s);
    (void)sim.run();
    REQUIRE(went->size() >= 2);
    std::sort(went->begin(), went->begin() + 2);
    CHECK(went->at(0) == "spared done");
    CHECK(went->at(1) == "spared-not unavailable");
}

TEST_CASE("no fault touches the calls of a user or an environment to the outside")
{
    simulation sim{fault_plan{1}};
    for (auto const kind :
         {fault_kind::refused_call, fault_kind::slow_call, fault_kind::lost_call_answer})
        sim.chance_of(kind, 1);
    sim.user("user", [](client) { return call_as("of the user"); });
    sim.environment("fake", [] { return call_as("of a fake"); });
    sim.faults_for(1s);
    auto const report = sim.run();
    CHECK_FALSE(report.wrong.has_value());
    CHECK(std::ranges::none_of(report.faults,
                               [](fault const& each) { return each.site.starts_with("of "); }));
}
