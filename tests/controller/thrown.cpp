// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "simulation.hpp"

#include <converge/observe/memory_sink.hpp>

#include <stdexcept>

using namespace control_test;
using converge::errc;

namespace {

enum class thrown { nothing, converge_error, standard, other };

void raise(thrown what)
{
    switch (what) {
    case thrown::nothing: break;
    case thrown::converge_error: throw converge::error{errc::invalid, "thrown"};
    case thrown::standard: throw std::runtime_error{"thrown"};
    case thrown::other: throw 42;
    }
}

object<theme> theme_for(std::string used_by)
{
    object<theme> made{"dark"};
    made.spec.used_by = std::move(used_by);
    return made;
}

/// Maps a theme to its user; throws for one that names none.
std::vector<converge::key<site>> user_of(object<theme> const& of, thrown what)
{
    if (of.spec.used_by.empty())
        raise(what);
    return {site_key(of.spec.used_by)};
}

task<outcome> fail_once(journal& seen, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    throw converge::error{errc::unavailable, "no luck"};
}

/// Calls `body` for each kind of exception.
template <class Body>
void each_thrown(Body body)
{
    for (auto const what : {thrown::converge_error, thrown::standard, thrown::other}) {
        CAPTURE(static_cast<int>(what));
        body(what);
    }
}

converge::log_record first_error(converge::memory_sink const& log)
{
    for (auto const& each : log.records())
        if (each.level == converge::log_level::error)
            return each;
    FAIL("no error was logged");
    return {};
}

std::uint64_t trigger_errors(simulation const& sim)
{
    return sim.metrics->counter("converge_trigger_errors_total", "", {{"controller", "site"}})
        .value();
}

} // namespace

TEST_CASE("a map function that throws maps to nothing; all others hear of the change")
{
    each_thrown([](thrown what) {
        auto const log = std::make_shared<converge::memory_sink>();
        simulation sim{1};
        for (auto const* name : {"a", "b"})
            sim.run(sim.person.create(site_named(name)));
        journal seen;
        journal others;
        auto const throwing =
            noting(seen)
                .watches<theme>([what](object<theme> const& of) { return user_of(of, what); })
                .watches<theme>(
                    [](converge::change<theme> const&) { return std::vector{site_key("b")}; });
        auto const other = noting(others).named("other").watches<theme>(
            [](converge::change<theme> const&) { return std::vector{site_key("a")}; });
        auto const context = sim.plain().logging_to(converge::logger{log});
        auto const plane = sim.start(context, throwing, other);
        sim.settle();
        sim.run(sim.person.create(theme_for("")));
        sim.settle();
        CHECK(seen.count("a") == 1);
        CHECK(seen.count("b") == 2);
        CHECK(others.count("a") == 2);
        CHECK(trigger_errors(sim) == 1);
        auto const told = first_error(*log);
        CHECK(told.message == "a map function threw; it makes run only what it named before");
        CHECK(converge::to_string(told.object) == "Theme dark");
        CHECK(told.component == "site");

        // What was is no reason to miss what is.
        sim.run(sim.person.update(theme_for("a")));
        sim.settle();
        CHECK(seen.count("a") == 2);
        CHECK_FALSE(sim.world.failure(plane));
        CHECK(sim.line->list_count[converge::type_of<theme>().collection] == 1);
    });
}

TEST_CASE("a predicate that throws lets the change pass")
{
    each_thrown([](thrown what) {
        auto const log = std::make_shared<converge::memory_sink>();
        simulation sim{1};
        journal seen;
        auto const plane = sim.start(
            sim.plain().logging_to(converge::logger{log}),
            noting(seen)
                .when([what](converge::change<site> const& of) {
                    raise(of.after->spec.pages == 2 ? what : thrown::nothing);
                    return false;
                })
                .when([](converge::change<site> const& of) { return of.after->spec.pages < 4; }));
        auto made = *sim.run(sim.person.create(site_named("a", 1)));
        sim.settle();
        for (int pages = 2; pages <= 3; ++pages) {
            made.spec.pages = pages;
            made = *sim.run(sim.person.update(made));
            sim.settle();
        }
        CHECK(seen.count("a") == 2);
        CHECK(seen.last_seen("a") == 2);
        CHECK(trigger_errors(sim) == 1);
        CHECK(log->count("a predicate threw; the change passes") == 1);
        CHECK_FALSE(sim.world.failure(plane));
    });
}

TEST_CASE("a tenant or weight function that throws is logged; runs go on, as of one tenant")
{
    each_thrown([](thrown what) {
        auto const log = std::make_shared<converge::memory_sink>();
        simulation sim{1};
        for (auto const* name : {"a", "b", "c"})
            sim.run(sim.person.create(site_named(name)));
        journal seen;
        auto const tenant = [what](converge::object_key const& id) -> std::string_view {
            raise(id.name == "a" ? what : thrown::nothing);
            return id.name;
        };
        auto const weight = [what](std::string_view of) {
            raise(of == "b" ? what : thrown::nothing);
            return 2u;
        };
        auto const plane = sim.start(sim.plain().logging_to(converge::logger{log}),
                                     noting(seen).fair_by(tenant, weight));
        sim.settle();
        CHECK(seen.runs.size() == 3);
        sim.run(sim.person.apply(site_named("a", 7)));
        sim.run(sim.person.apply(site_named("b", 8)));
        sim.settle();
        CHECK(seen.last_seen("a") == 7);
        CHECK(seen.last_seen("b") == 8);
        CHECK_FALSE(sim.world.failure(plane));
        CHECK(trigger_errors(sim) == 4);
        CHECK(log->count("a tenant function threw; the object belongs to the tenant without a "
                         "name") == 2);
        CHECK(log->count("a weight function threw; the tenant has weight 1") == 2);
        CHECK(converge::to_string(first_error(*log).object) == "Site default/a");
    });
}

TEST_CASE("a priority function that throws is logged, and the object has priority 0")
{
    each_thrown([](thrown what) {
        auto const log = std::make_shared<converge::memory_sink>();
        simulation sim{1};
        for (auto const* name : {"a", "b", "c", "d"})
            sim.run(sim.person.create(site_named(name)));
        journal seen;
        auto const urgency = [what](object<site> const& of) {
            raise(of.metadata.name == "c" ? what : thrown::nothing);
            return of.metadata.name == "b" ? 1 : -1;
        };
        auto const plane = sim.start(sim.plain().logging_to(converge::logger{log}),
                                     noting(seen, 1ms).prioritized(urgency));
        sim.settle();
        std::string order;
        for (auto const& run : seen.runs)
            order += run.name;
        CHECK(order == "bcad");
        CHECK(trigger_errors(sim) == 1);
        CHECK(log->count("a priority function threw; the object has priority 0") == 1);
        CHECK_FALSE(sim.world.failure(plane));
    });
}

TEST_CASE("a retry function that throws is logged, and the backoff decides")
{
    each_thrown([](thrown what) {
        auto const log = std::make_shared<converge::memory_sink>();
        simulation sim{1};
        sim.run(sim.person.create(site_named("a")));
        journal seen;
        auto const failing = [&seen](client, object<site> of) {
            return seen.count("a") == 0 ? fail_once(seen, std::move(of))
                                        : note(seen, std::move(of));
        };
        auto const after = [what](auto const&, unsigned, auto const&) {
            raise(what);
            return converge::duration{1min};
        };
        auto const plane =
            sim.start(sim.plain().logging_to(converge::logger{log}),
                      controller<site>{failing}.retrying(after).backoff({3s, 3s, 1.0, 0.0}));
        sim.settle();
        REQUIRE(seen.count("a") == 2);
        CHECK(seen.times("a")[1] - seen.times("a")[0] == 3s);
        CHECK(log->count("a retry function threw; the backoff decides") == 1);
        CHECK_FALSE(sim.world.failure(plane));
    });
}
