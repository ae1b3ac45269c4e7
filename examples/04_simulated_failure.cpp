// SPDX-License-Identifier: BSL-1.0

// Finding the bug that shows once a year, before the first year. Two controllers are to give each
// `site` exactly one `page`. Both work when tried. Then each is killed in the middle of its work,
// a little later with every seed, and started again, over a network that delivers late.

#include <converge/converge.hpp>
#include <converge/testing/simulated_network.hpp>
#include <converge/testing/world.hpp>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

using namespace std::chrono_literals;
using converge::testing::simulated_network;
using converge::testing::world;

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

// The name follows from the site, and `apply` may be called any number of times: whoever does
// not know whether the page is there asks for it again.
converge::task<converge::outcome> careful(converge::client api, converge::object<site> of)
{
    converge::object<page> wanted{of.metadata.name + "-page"};
    wanted.spec.title = of.spec.title;
    co_await api.apply(wanted);
    of.status.page = wanted.metadata.name;
    co_await api.update_status(of);
    co_return converge::settled();
}

// The api makes up a name, and the status remembers it. If the process dies between the two
// writes, nothing remembers it, and the next life makes another page.
converge::task<converge::outcome> careless(converge::client api, converge::object<site> of)
{
    if (!of.status.page.empty())
        co_return converge::settled();
    converge::object<page> wanted{""};
    wanted.metadata.generate_name = of.metadata.name + "-page-";
    wanted.spec.title = of.spec.title;
    auto const made = co_await api.create(wanted);
    of.status.page = made->metadata.name;
    co_await api.update_status(of);
    co_return converge::settled();
}

converge::task<> create_sites(converge::client api)
{
    for (auto const* name : {"blog", "shop", "wiki"}) {
        converge::object<site> wanted{name};
        wanted.spec.title = name;
        co_await api.create(wanted);
    }
}

converge::task<> count_pages(converge::client api, std::size_t& into)
{
    auto const pages = co_await api.list<page>();
    into = pages.size();
}

// One seed is one history: the order of everything, the delays, the moment of the crash. It takes
// less than a millisecond, because time in a world is virtual. Returns how many pages there are.
std::size_t run_once(std::uint64_t seed, converge::controller<site> const& sites, int& lives)
{
    std::size_t pages = 0;
    // Declared before the world, because it lives on when a process dies.
    converge::memory_store store;
    converge::client const near{store};
    world w{seed};
    simulated_network network{w, near.through()};

    w.start("user", [&] { return create_sites(near); });
    auto const plane = w.start("control plane", [&] {
        ++lives;
        return converge::run(converge::client{network.connect()}, sites);
    });
    w.crash(plane, 1 + seed % 25, 1s);
    w.run_for(1h); // of virtual time, or until nothing is left to do
    w.start("inspector", [&] { return count_pages(near, pages); });
    w.run_for(1s);
    return pages;
}

void try_out(char const* name, converge::controller<site> const& sites)
{
    int lives = 0;
    for (int seed = 0; seed < 200; ++seed) {
        auto const pages = run_once(static_cast<std::uint64_t>(seed), sites, lives);
        if (pages == 3)
            continue;
        std::printf("%s: seed %d: 3 sites got %zu pages\n", name, seed, pages);
        // The same seed is the same history, step by step: set a breakpoint and look.
        auto const again = run_once(static_cast<std::uint64_t>(seed), sites, lives);
        std::printf("%s: seed %d again: %zu pages\n", name, seed, again);
        return;
    }
    std::printf("%s: 200 seeds, %d crashes, 0 failures\n", name, lives - 200);
}

int main()
{
    try_out("careful", converge::controller<site>{careful});
    try_out("careless", converge::controller<site>{careless});
}
