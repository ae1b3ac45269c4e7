// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <map>

// The settings of an application are copied to its workload, one by one. A setting that is taken
// back is in no loop, and stays.

namespace {

using namespace converge;
using corpus::simulation;

using settings = std::map<std::string, std::string>;

struct application {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Application"};
    struct spec {
        std::map<std::string, std::string> settings{};
    };
};
BOOST_DESCRIBE_STRUCT(application::spec, (), (settings))

struct workload {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Workload"};
    struct spec {
        std::map<std::string, std::string> settings{};
    };
};
BOOST_DESCRIBE_STRUCT(workload::spec, (), (settings))

settings added(settings present, settings const& desired)
{
    for (auto const& [name, value] : desired)
        present[name] = value;
    return present;
}

settings replaced(settings, settings const& desired) { return desired; }

using merge = settings (*)(settings, settings const&);

task<outcome> configure(merge merged, client api, object<application> of, view<workload> all)
{
    auto const found = all.find(key<workload>{of.metadata.name});
    object<workload> wanted{of.metadata.name};
    if (found)
        wanted = *found;
    wanted.spec.settings = merged(wanted.spec.settings, of.spec.settings);
    if (!found) {
        wanted.metadata.owner_references.push_back(controller_reference(of));
        co_await api.create(wanted);
    } else if (wanted.spec.settings != found->spec.settings) {
        co_await api.update(wanted);
    }
    co_return settled();
}

task<> want(client api, settings desired)
{
    object<application> shop{"shop"};
    shop.spec.settings = std::move(desired);
    co_await api.apply(shop);
}

task<> want_cache(client api)
{
    settings const desired{{"cache", "on"}};
    return want(std::move(api), desired);
}

task<> want_cache_and_tracing(client api)
{
    settings const desired{{"cache", "on"}, {"tracing", "on"}};
    return want(std::move(api), desired);
}

void declare(simulation& sim, merge merged)
{
    sim.plane("applications", [merged](client api) {
        auto const reconcile = [merged](client on, object<application> of, view<workload> all) {
            return configure(merged, std::move(on), std::move(of), std::move(all));
        };
        return run(api, controller<application>{reconcile}.owns<workload>());
    });
    sim.desired_states({{"cache", want_cache}, {"cache and tracing", want_cache_and_tracing}});
    sim.same_end_without_faults();
}

corpus::scenario const wrong{"setting_stays", [](simulation& sim) { declare(sim, added); }};
corpus::scenario const right{"setting_goes", [](simulation& sim) { declare(sim, replaced); }};

} // namespace

TEST_CASE("row 16: a setting that is taken back and stays is found; "
          "settings that are replaced are not accused")
{
    auto const seeds = corpus::found_within(wrong, 50, {"it ends as without faults"});
    corpus::never_accused(right, 300, seeds);
}
