// SPDX-License-Identifier: BSL-1.0
// The controller of an example, as it stands there, in a simulation.

#include <converge/converge.hpp>
#include <converge/testing/check_scenario.hpp>

#include <cstdio>
#include <string>

namespace child_objects {
// A lambda in a coroutine of a header has no linkage, and this is no header.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wsubobject-linkage"
#endif
#define main run_it
#include "02_child_objects.cpp"
#undef main

namespace {

using converge::testing::snapshot;

converge::task<> want(converge::client api, int pages)
{
    converge::object<site> blog{"blog"};
    blog.spec.pages = pages;
    co_await api.apply(blog);
}

/// Also takes a page away that the site still wants, as a person may.
converge::task<> want_and_meddle(converge::client api)
{
    converge::object<site> blog{"blog"};
    blog.spec.pages = 2;
    co_await api.apply(blog);
    co_await converge::sleep_for(std::chrono::seconds{3});
    auto const there = co_await api.find(converge::key<page>{"blog-1"});
    if (there)
        co_await api.remove(there->key());
}

converge::task<> want_anew(converge::client api)
{
    auto const there = co_await api.find(converge::key<site>{"blog"});
    if (there)
        co_await api.remove(there->key());
    co_await want(std::move(api), 1);
}

std::string right_pages(snapshot const& now)
{
    std::size_t wanted = 0;
    for (auto const& each : now.all<site>()) {
        wanted += static_cast<std::size_t>(each->spec.pages);
        if (each->status.pages != each->spec.pages)
            return each->metadata.name + " says it has " + std::to_string(each->status.pages);
    }
    auto const pages = now.all<page>().size();
    return pages == wanted ? std::string{} : std::to_string(pages) + " pages";
}

void declare(converge::testing::simulation& sim)
{
    sim.plane("control-plane", [](converge::client api) {
        converge::controller<site> const sites{reconcile};
        return converge::run(std::move(api), sites.owns<page>());
    });
    sim.desired_states({{"three", [](converge::client api) { return want(std::move(api), 3); }},
                        {"one", [](converge::client api) { return want(std::move(api), 1); }},
                        {"two, meddled with", want_and_meddle},
                        {"another of that name", want_anew}});
    sim.eventually("every site has the pages it wants", right_pages);
    sim.removes_only_if<site, page>(
        [](converge::object<site> const& owner, converge::object<page> const& child) {
            return child.spec.number > owner.spec.pages;
        });
    sim.at_most<site, page>([](converge::object<site> const& owner) {
        return static_cast<std::size_t>(owner.spec.pages);
    });
}

} // namespace
} // namespace child_objects

TEST_CASE("example child objects: a site has just the pages that it wants, and loses no other")
{
    converge::testing::check_scenario({"example child objects", child_objects::declare, 300});
}
