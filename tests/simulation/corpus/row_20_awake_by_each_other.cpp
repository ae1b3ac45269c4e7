// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <chrono>
#include <cstdint>
#include <map>

// Several controllers work for one release, and each notes in the status which state of it has
// passed its check. They note the revision, which the note itself raises: so each wakes all the
// others, for ever, and every log line says that all is well.

namespace {

using namespace converge;
using corpus::simulation;

struct release {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Release"};
    struct spec {
        std::string image{};
    };
    struct status {
        std::map<std::string, std::int64_t> checked{};
    };
};
BOOST_DESCRIBE_STRUCT(release::spec, (), (image))
BOOST_DESCRIBE_STRUCT(release::status, (), (checked))

std::int64_t revision_of(object_meta const& of)
{
    return static_cast<std::int64_t>(of.resource_version.value());
}

std::int64_t generation_of(object_meta const& of) { return of.generation; }

using state_of = std::int64_t (*)(object_meta const&);

task<outcome> check(state_of state, client api, object<release> of)
{
    of.status.checked[api.manager()] = state(of.metadata);
    co_await api.update_status(of);
    co_return settled();
}

controller<release> checker(std::string name, state_of state)
{
    auto const reconcile = [state](client api, object<release> of) {
        return check(state, std::move(api), std::move(of));
    };
    return controller<release>{reconcile}.named(std::move(name));
}

task<> want_release(client api)
{
    object<release> spring{"spring"};
    spring.spec.image = "shop:1";
    co_await api.create(spring);
}

void declare(simulation& sim, state_of state)
{
    sim.plane("releases", [state](client api) {
        return run(api, checker("licences", state), checker("signatures", state),
                   checker("tests", state), checker("sizes", state));
    });
    sim.user("user", want_release);
    // A loop that never rests makes a thousand steps a second.
    sim.faults_for(std::chrono::seconds{5});
    sim.rests_within(std::chrono::minutes{4});
}

corpus::scenario const wrong{"notes_revision", [](simulation& sim) { declare(sim, revision_of); }};
corpus::scenario const right{"notes_generation",
                             [](simulation& sim) { declare(sim, generation_of); }};

} // namespace

TEST_CASE("row 20: controllers that wake each other by what they note are found; "
          "controllers that note the generation are not accused")
{
    auto const seeds = corpus::found_within(wrong, 5, {"it comes to rest"});
    corpus::never_accused(right, 150, seeds);
}
