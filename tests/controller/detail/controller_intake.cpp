// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/detail/controller_intake.hpp>

#include <controller/simulation.hpp>

#include <converge/observe/reconcile_history.hpp>

using namespace control_test;
using converge::cause_kind;

namespace {

/// An intake that fills a queue from which nobody takes.
struct intake_alone {
    intake_alone()
    {
        intake.connect({[] {}, [](auto const&) {}, [](auto const&) {}});
    }

    /// What the history tells of a run of the object that begins now.
    converge::reconcile_record run_of(converge::object_ptr<site> of)
    {
        converge::detail::worker one{sim.person};
        one.next.key = of->key();
        one.object = converge::any_object{std::move(of)};
        recorder.began(one);
        recorder.ended(one, "settled", {}, {});
        return history->runs().back();
    }

    simulation sim{1};
    journal seen;
    controller<site> const sites = noting(seen);
    converge::informer_set caches{sim.server};
    converge::logger const log;
    converge::detail::loop_metrics metrics{nullptr, "site"};
    std::shared_ptr<converge::reconcile_history> const history =
        std::make_shared<converge::reconcile_history>();
    converge::detail::run_recorder recorder{history, "site"};
    converge::detail::controller_intake intake{sites.spec(), caches, log, metrics, recorder};
};

} // namespace

TEST_CASE("the history remembers what waits, and nothing of it once an intake has stopped")
{
    intake_alone alone;
    auto const a = alone.sim.run(alone.sim.person.create(site_named("a")));
    auto const b = alone.sim.run(alone.sim.person.create(site_named("b")));
    for (auto const& each : {a, b}) {
        alone.intake.enqueue(each->key(), cause_kind::changed);
        alone.intake.enqueue(each->key(), cause_kind::owned);
    }
    CHECK(alone.run_of(a).cause_count == 2);
    CHECK(alone.intake.queue().ready() == 2);
    alone.intake.stop();
    CHECK(alone.intake.queue().ready() == 0);
    alone.intake.enqueue(b->key(), cause_kind::changed);
    alone.intake.enqueue(a->key(), cause_kind::changed);
    CHECK(alone.run_of(b).cause_count == 0);
    CHECK(alone.run_of(a).cause_count == 0);
}
