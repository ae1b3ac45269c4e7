// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <cstdint>

// A status tells when the mirror was last synchronised, to the second. Writing it is a change, so
// it runs again; as long as that is within the same second, nothing is written, and it rests. It
// looks well where passes are fast, runs for ever where they are slow, and writes for nothing each
// time it is asked.

namespace {

using namespace converge;
using namespace std::chrono_literals;
using corpus::simulation;

struct mirror {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Mirror"};
    struct spec {
        std::string source{};
    };
    struct status {
        std::string source{};
        std::optional<timestamp> last_sync{};
    };
};
BOOST_DESCRIBE_STRUCT(mirror::spec, (), (source))
BOOST_DESCRIBE_STRUCT(mirror::status, (), (source, last_sync))

enum class tells { every_pass, every_change };

task<outcome> synchronise(tells when, duration pass, client api, object<mirror> of)
{
    co_await sleep_for(pass);
    auto const where = co_await this_coro::executor;
    bool const changes = of.status.source != of.spec.source;
    of.status.source = of.spec.source;
    if (changes || when == tells::every_pass)
        of.status.last_sync = std::chrono::floor<std::chrono::seconds>(time_of(where).wall_now());
    co_await api.update_status(of);
    co_return settled();
}

task<> want_mirror(client api)
{
    object<mirror> photos{"photos"};
    photos.spec.source = "north";
    co_await api.create(photos);
}

void declare(simulation& sim, tells when, duration pass)
{
    sim.plane("mirrors", [when, pass](client api) {
        auto const reconcile = [when, pass](client on, object<mirror> of) {
            return synchronise(when, pass, std::move(on), std::move(of));
        };
        return run(api, controller<mirror>{reconcile});
    });
    sim.user("user", want_mirror);
}

corpus::scenario const wrong{"time_of_every_pass",
                             [](simulation& sim) { declare(sim, tells::every_pass, 1ms); }};
corpus::scenario const slow{"time_of_every_slow_pass",
                            [](simulation& sim) { declare(sim, tells::every_pass, 2s); }};
corpus::scenario const right{"time_of_every_change",
                             [](simulation& sim) { declare(sim, tells::every_change, 2s); }};

} // namespace

TEST_CASE("row 19: a time in the status is found though fast passes hide the loop")
{
    corpus::found_within(wrong, 5);
    auto plan = corpus::fault_plan::calm(1);
    plan.resyncs = false;
    auto const seen = testing::run_plan(wrong, plan);
    REQUIRE(seen.wrong.has_value());
    CHECK(seen.wrong->oracle == "a second look changes nothing");
}

TEST_CASE("row 19: a time in the status is found where passes are slow; "
          "the time of the last change is not accused")
{
    auto const seeds = corpus::found_within(slow, 5, {"it comes to rest"});
    corpus::never_accused(right, 500, seeds);
}
