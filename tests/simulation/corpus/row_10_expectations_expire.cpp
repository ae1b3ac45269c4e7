// SPDX-License-Identifier: BSL-1.0

// A controller with a cache of its own remembers how many children it has made, until the cache
// shows them, but not for ever. The event takes longer, and it makes them again.

#include "corpus.hpp"

#include <converge/async/race.hpp>
#include <converge/client/informer.hpp>
#include <converge/client/view.hpp>

#include <map>

using namespace converge;
using namespace corpus;
using namespace std::chrono_literals;

namespace {

struct job {
    static constexpr kind_name kind{"corpus.test/v1", "Job"};
    struct spec {
        int runs = 1;
    };
};
BOOST_DESCRIBE_STRUCT(job::spec, (), (runs))

struct attempt {
    static constexpr kind_name kind{"corpus.test/v1", "Attempt"};
    struct spec {
        std::string job;
    };
};
BOOST_DESCRIBE_STRUCT(attempt::spec, (), (job))

/// What one life of the plane remembers.
struct memory {
    std::shared_ptr<informer> attempts;
    /// By the uid of a job: how many attempts the cache will show, and how long that is believed.
    struct expectation {
        std::size_t count = 0;
        instant until{};
    };
    std::map<uid, expectation> expected;
};

/// Who is wrong once more, and for ever believes what the cache will show.
enum class belief { expires, lasts };

/// Named after its place in the job, or by chance if there is none.
task<> make_attempt(client api, object<job> of, int place)
{
    object<attempt> missing;
    if (place == 0)
        missing.metadata.generate_name = of.metadata.name + "-";
    else
        missing.metadata.name = of.metadata.name + "-" + std::to_string(place);
    missing.spec.job = of.metadata.name;
    missing.metadata.owner_references.push_back(controller_reference(of));
    co_await api.create(missing);
}

template <twin T, belief B>
task<outcome> start_attempts(std::shared_ptr<memory> known, client api, object<job> of)
{
    co_await known->attempts->wait_synced();
    view<attempt> const attempts{known->attempts};
    auto const there = attempts.owned_by(of).size();
    auto const asked = static_cast<std::size_t>(of.spec.runs);
    auto const at = co_await now();
    auto& expected = known->expected[of.metadata.uid];
    if (there < expected.count && at < expected.until)
        co_return again_in(1s);
    for (auto count = there; T == twin::wrong && count < asked; ++count)
        co_await make_attempt(api, of, 0);
    for (int place = 1; T == twin::right && place <= of.spec.runs; ++place)
        if (!attempts.find(key<attempt>{of.metadata.name + "-" + std::to_string(place)}))
            co_await make_attempt(api, of, place);
    expected.count = asked;
    expected.until = B == belief::lasts ? instant::max() : at + 5s;
    if (there < asked)
        co_return again_in(1s);
    co_return settled();
}

task<> follow(std::shared_ptr<informer> all) { co_await all->run(); }

template <twin T, belief B>
task<> start(client api)
{
    auto const known = std::make_shared<memory>();
    known->attempts = std::make_shared<informer>(api.through(), type_of<attempt>());
    controller<job> const jobs{[known](client through, object<job> of) {
        return start_attempts<T, B>(known, std::move(through), std::move(of));
    }};
    // Nothing is owned here: the cache that triggers would be the framework's own.
    return until(run(std::move(api), jobs), follow(known->attempts));
}

task<> want_runs(client api)
{
    object<job> wanted{"backup"};
    wanted.spec.runs = 2;
    co_await api.create(wanted);
    co_await sleep_for(20s);
    wanted.spec.runs = 4;
    co_await api.update(wanted);
}

template <twin T, belief B = belief::expires>
void declare(simulation& sim)
{
    if (T == twin::wrong)
        only(sim, {fault_kind::late_event, fault_kind::slow_answer, fault_kind::silent_watch});
    sim.plane("controllers", start<T, B>);
    sim.user("user", want_runs);
    sim.at_most<job, attempt>(
        [](object<job> const& of) { return static_cast<std::size_t>(of.spec.runs); });
}

scenario const wrong{"row_10_wrong", declare<twin::wrong>};
scenario const patient{"row_10_patient", declare<twin::wrong, belief::lasts>};
scenario const right{"row_10_right", declare<twin::right>};

} // namespace

TEST_CASE("row 10: children that are made again when expectations expire are found; "
          "children that are named after their place are not accused")
{
    holds_in_calm(wrong);
    auto const seeds = found_within(wrong, 200, {"no more children than were ever asked for"});
    never_accused(right, 100, seeds);
}

TEST_CASE("row 10: under the same faults children are not made again where expectations last")
{
    never_accused(patient, 200);
}
