// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/controller.hpp>

#include "bed.hpp"

#include <set>

using namespace guarantees;

namespace {

std::vector<converge::key<site>> users_in(converge::change<theme> const& seen)
{
    std::vector<converge::key<site>> found;
    for (auto const& side : {seen.before, seen.after})
        if (side)
            found.push_back(site_key(side->spec.used_by));
    return found;
}

std::set<std::string> who_ran(journal& seen)
{
    std::set<std::string> found;
    for (auto const& run : seen.runs) {
        REQUIRE(!found.contains(run.name));
        found.insert(run.name);
    }
    seen.runs.clear();
    return found;
}

/// Gives a theme to one site after the other, then removes it: each time who had it and who has it
/// are run, once, and nobody else.
void hand_round(simulation& sim, random_bits& chance, controller<site> const& watching,
                journal& seen)
{
    std::vector<std::string> const names{"a", "b", "c"};
    for (auto const& name : names)
        sim.run(sim.person.create(site_named(name)));
    sim.start(watching);
    sim.settle();
    seen.runs.clear();
    auto user = names[chance.uniform(3)];
    sim.run(sim.person.create(theme_for(user)));
    sim.settle();
    REQUIRE(who_ran(seen) == std::set<std::string>{user});
    for (int round = 0; round != 5; ++round) {
        auto const next = names[chance.uniform(3)];
        auto given = theme_for(next);
        given.spec.colour = std::to_string(round);
        sim.run(sim.person.update(given));
        sim.settle();
        REQUIRE(who_ran(seen) == std::set<std::string>{user, next});
        user = next;
    }
    sim.run(sim.person.remove(theme_for(user).key()));
    sim.settle();
    REQUIRE(who_ran(seen) == std::set<std::string>{user});
}

} // namespace

TEST_CASE("R11 watches maps what was before and what is now")
{
    try_calm_seeds([](simulation& sim, random_bits& chance) {
        journal seen;
        if (chance.uniform(2) == 0)
            hand_round(sim, chance, noting(seen).watches<theme>(users_in), seen);
        else
            hand_round(sim, chance, noting(seen).watches<theme>(user_of), seen);
    });
}
