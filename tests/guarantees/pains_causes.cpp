// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "bed.hpp"

#include <converge/observe/memory_sink.hpp>
#include <converge/observe/reconcile_history.hpp>

#include <set>

using namespace guarantees;
using converge::cause_kind;

namespace {

/// A cause as the log says it, but for its revision.
struct told_cause {
    cause_kind kind{};
    std::string source{};
    converge::revision at{};

    [[nodiscard]] std::string str() const
    {
        auto const from = source.empty() ? std::string{} : " from " + source;
        return std::string{to_string(kind)} + from + " at " + to_string(at);
    }
};

/// Makes the site `a` due in one of three ways, and says which.
class prodder {
public:
    explicit prodder(simulation& sim)
        : sim_{sim},
          site_{sim.run(sim.person.create(site_named("a")))}
    {
        page_ = sim.run(sim.person.create(page_of(*site_, "p")));
        theme_ = sim.run(sim.person.create(theme_for("a")));
    }

    told_cause prod(std::uint64_t way)
    {
        ++times_;
        if (way == 0) {
            auto changed = *site_;
            changed.spec.pages = times_;
            site_ = sim_.run(sim_.person.update(changed));
            return {cause_kind::changed, {}, site_->metadata.resource_version};
        }
        if (way == 1) {
            auto changed = *page_;
            changed.spec.number = times_;
            page_ = sim_.run(sim_.person.update(changed));
            return {cause_kind::owned, "Page default/p", page_->metadata.resource_version};
        }
        auto changed = *theme_;
        changed.spec.colour = std::to_string(times_);
        theme_ = sim_.run(sim_.person.update(changed));
        return {cause_kind::watched, "Theme dark", theme_->metadata.resource_version};
    }

    [[nodiscard]] converge::object_ptr<site> const& of() const { return site_; }

private:
    simulation& sim_;
    converge::object_ptr<site> site_;
    converge::object_ptr<page> page_;
    converge::object_ptr<theme> theme_;
    int times_ = 1;
};

/// What the log says of the causes of each run, in order.
std::vector<std::string> told_causes(converge::memory_sink const& log)
{
    std::vector<std::string> found;
    for (auto const& each : log.records()) {
        if (each.message != "reconciled")
            continue;
        REQUIRE(each.level == converge::log_level::debug);
        REQUIRE(converge::to_string(each.object) == "Site default/a");
        REQUIRE(each.fields.size() == 1);
        REQUIRE(each.fields[0].key() == "causes");
        found.push_back(each.fields[0].value());
    }
    return found;
}

std::multiset<std::string> texts_of(std::vector<converge::cause> const& causes)
{
    std::multiset<std::string> found;
    for (auto const& each : causes) {
        auto const source = each.source() ? converge::to_string(*each.source()) : std::string{};
        found.insert(told_cause{each.kind(), source, each.at()}.str());
    }
    return found;
}

} // namespace

TEST_CASE("P3 the log says of each run what caused it: the kind, the object, the revision")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        auto const log = std::make_shared<converge::memory_sink>();
        prodder someone{sim};
        journal seen;
        sim.start(sim.plain().logging_to(converge::logger{log}),
                  noting(seen).owns<page>().watches<theme>(
                      [](converge::change<theme> const& of) { return user_of(*of.after); }));
        sim.settle();
        REQUIRE(told_causes(*log).size() == 1);
        REQUIRE(told_causes(*log)[0].starts_with("initial+owned+watched from "));
        std::vector<std::string> expected;
        log->clear();
        for (int i = 0; i != 6; ++i) {
            expected.push_back(someone.prod(chance.uniform(3)).str());
            sim.settle();
        }
        REQUIRE(told_causes(*log) == expected);
    });
}

TEST_CASE("P3 of a run that several things caused, the log counts all and the history names all")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        auto const log = std::make_shared<converge::memory_sink>();
        auto const history = std::make_shared<converge::reconcile_history>();
        prodder someone{sim};
        journal seen;
        controller<site> const slow{
            [&](client, object<site> of) { return note(seen, std::move(of), 10s); }};
        sim.start(sim.plain().logging_to(converge::logger{log}).remembering_in(history),
                  slow.owns<page>().watches<theme>(
                      [](converge::change<theme> const& of) { return user_of(*of.after); }));
        sim.settle();
        log->clear();
        someone.prod(0);
        // It is in progress: what comes now runs it once more, whatever there is of it.
        REQUIRE(sim.world.run_until([&] { return seen.active() == 1; }, 1s) == stop_reason::done);
        std::vector<told_cause> causes;
        for (auto count = 2 + chance.uniform(3); count != 0; --count)
            causes.push_back(someone.prod(chance.uniform(3)));
        REQUIRE(seen.active() == 1);
        sim.settle();
        auto const told = told_causes(*log);
        REQUIRE(told.size() == 2);
        // Of changes of different kinds the caches may learn in any order.
        std::multiset<std::string> expected;
        for (auto const& each : causes) {
            REQUIRE(told[1].find(to_string(each.kind)) != std::string::npos);
            expected.insert(each.str());
        }
        auto const merged = " (" + std::to_string(causes.size()) + " merged)";
        REQUIRE(told[1].ends_with(" at " + to_string(causes.back().at) + merged));
        auto const& last = history->runs().back();
        REQUIRE(last.cause_count == causes.size());
        REQUIRE(texts_of(last.causes) == expected);
        REQUIRE(last.seen == someone.of()->metadata.resource_version);
    });
}

TEST_CASE("P3 what ran without a change says so: requeue, retry, resync")
{
    auto const log = std::make_shared<converge::memory_sink>();
    simulation sim{1};
    sim.run(sim.person.create(site_named("a")));
    journal seen;
    auto const asking = performing(seen, [](object<site> const&, std::size_t nth) {
        if (nth == 2)
            fail();
        return nth == 1 ? converge::again_in(1s) : converge::settled();
    });
    sim.start(sim.plain().logging_to(converge::logger{log}), asking.resync(1h));
    sim.world.run_for(90min);
    auto const told = told_causes(*log);
    CHECK(told == std::vector<std::string>{told[0], "retry", "resync"});
    CHECK(log->count("reconcile failed; trying again") == 1);
}
