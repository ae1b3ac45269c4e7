// SPDX-License-Identifier: BSL-1.0

// Finding the bug that shows once a year, before the first year. A controller is to give each `site`
// exactly one `page`. It works when it is tried. So let it run a thousand times while processes die,
// answers get lost, caches lag and somebody else writes the same objects.
//
// Without arguments this program tells the story. With arguments it is a tool for its scenarios:
// `run --seeds 100000`, `replay --scenario forgetful --seed 0`, `sweep --scenario mended`, `--help`.

#include <converge/converge.hpp>
#include <converge/testing/explore.hpp>
#include <converge/testing/simulation_main.hpp>
#include <converge/testing/tripwires.hpp>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

using converge::testing::scenario;
using converge::testing::simulation;

struct site {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Site"};
    struct spec   { std::string title; };
    struct status { std::string page; };
};
BOOST_DESCRIBE_STRUCT(site::spec, (), (title))
BOOST_DESCRIBE_STRUCT(site::status, (), (page))

struct page {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Page"};
    struct spec { std::string title; };
};
BOOST_DESCRIBE_STRUCT(page::spec, (), (title))

// The api makes up a name, and the status remembers it. What if the status is never written?
converge::task<converge::outcome> forgetful(converge::client api, converge::object<site> of)
{
    if (!of.status.page.empty())
        co_return converge::settled();
    converge::object<page> wanted{""};
    wanted.metadata.generate_name = of.metadata.name + "-page-";
    wanted.metadata.owner_references.push_back(converge::controller_reference(of));
    wanted.spec.title = of.spec.title;
    auto const made = co_await api.create(wanted);
    of.status.page = made->metadata.name;
    co_await api.update_status(of);
    co_return converge::settled();
}

// The name follows from the site, and `apply` may be called any number of times: whoever does not
// know whether the page is there asks for it again.
converge::task<converge::outcome> mended(converge::client api, converge::object<site> of)
{
    converge::object<page> wanted{of.metadata.name + "-page"};
    wanted.metadata.owner_references.push_back(converge::controller_reference(of));
    wanted.spec.title = of.spec.title;
    co_await api.apply(wanted);
    of.status.page = wanted.metadata.name;
    co_await api.update_status(of);
    co_return converge::settled();
}

converge::task<> create_sites(converge::client api)
{
    for (auto const* name : {"blog", "shop"}) {
        converge::object<site> wanted{name};
        wanted.spec.title = name;
        co_await api.create(wanted);
    }
}

std::string one_page_each(converge::testing::snapshot const& now)
{
    for (auto const& each : now.all<site>()) {
        auto const all = now.all<page>();
        auto const pages = std::ranges::count_if(all, [&](auto const& one) {
            return converge::is_owned_by(one->metadata, each->metadata.uid);
        });
        if (pages != 1)
            return each->metadata.name + " has " + std::to_string(pages) + " pages";
    }
    return {};
}

// What runs, and what must hold. The controller is the one that the real program runs, unchanged.
scenario sites_with(std::string name, converge::controller<site> controller)
{
    return {std::move(name), [controller](simulation& sim) {
                sim.plane("control-plane", [controller](converge::client api) {
                    return converge::run(api, controller);
                });
                sim.user("user", create_sites);
                sim.eventually("every site has one page", one_page_each);
            }};
}

void tell_story(std::vector<scenario> const& all)
{
    using namespace converge::testing;
    auto const calm = run_plan(all[0], fault_plan::calm(1));
    std::cout << "tried once, nothing goes wrong: " << (calm.wrong ? "fails" : "works") << "\n\n";

    auto const found = explore(all[0]);
    std::cout << found.summary() << "\n";
    if (found.holds())
        return;
    auto const& failure = found.failures.front();
    for (auto const& each : *failure.plan.faults)
        std::cout << "  " << to_string(each) << "\n";

    std::cout << "\nreplayed:\n";
    timeline told;
    auto const once = run_plan(all[0], failure.plan, told);
    auto const again = run_plan(all[0], failure.plan);
    std::cout << told << "replayed again: "
              << (once.fingerprint == again.fingerprint ? "the same, step by step" : "another run")
              << "\n\n";
    auto const after = explore(all[1]);
    if (after.holds())
        std::cout << all[1].name << ": " << after.seeds << " seeds hold\n";
    else
        std::cout << after.summary() << "\n";
}

int main(int argc, char** argv)
{
    std::vector<scenario> const all{
        sites_with("forgetful", converge::controller<site>{forgetful}),
        sites_with("mended", converge::controller<site>{mended})};
    if (argc > 1)
        return converge::testing::simulation_main(argc, argv, all, std::cout);
    tell_story(all);
}
