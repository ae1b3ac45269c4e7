// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/simulation.hpp>

#include <converge/testing/detail/simulation_state.hpp>

#include <utility>

namespace converge::testing {

CONVERGE_DECL simulation::simulation(fault_plan plan)
    : state_{std::make_unique<detail::simulation_state>(std::move(plan))}
{}

CONVERGE_DECL simulation::~simulation() = default;

namespace detail {

CONVERGE_DECL simulation_state& state_of(simulation& in) { return *in.state_; }

} // namespace detail

CONVERGE_DECL void simulation::plane(std::string name, std::function<task<>(client)> start)
{
    state_->add_plane(std::move(name), std::move(start));
}

CONVERGE_DECL void simulation::may_end(std::string plane)
{
    state_->may_end.insert(std::move(plane));
}

CONVERGE_DECL void simulation::user(std::string name, std::function<task<>(client)> script)
{
    state_->add_user(std::move(name), std::move(script));
}

CONVERGE_DECL void simulation::environment(std::string name, std::function<task<>()> start)
{
    state_->add_environment(std::move(name), std::move(start));
}

CONVERGE_DECL void simulation::over_store(std::function<any_store(any_store)> wrap)
{
    state_->wrap = std::move(wrap);
}

CONVERGE_DECL void simulation::eventually(std::string name, check holds)
{
    state_->eventually.emplace_back(std::move(name), std::move(holds));
}

CONVERGE_DECL void simulation::always(std::string name, check holds)
{
    state_->always.emplace_back(std::move(name), std::move(holds));
}

CONVERGE_DECL void simulation::same_end_without_faults(bool counts)
{
    state_->compares_counts = counts;
}

CONVERGE_DECL void simulation::desired_states(
    std::vector<std::pair<std::string, std::function<task<>(client)>>> states)
{
    state_->desired = std::move(states);
}

CONVERGE_DECL void simulation::reconciles_in_quiet(std::size_t most)
{
    state_->rest.allow_in_quiet(most);
}

CONVERGE_DECL void simulation::chance_of(fault_kind kind, double chance)
{
    state_->faults.set_chance(kind, chance);
}

CONVERGE_DECL void simulation::chance_of(fault_kind kind, double chance, std::string plane)
{
    state_->faults.set_chance(kind, chance, std::move(plane));
}

CONVERGE_DECL void simulation::keeps_resyncs() { state_->keeps_resyncs = true; }

CONVERGE_DECL void simulation::faults_for(duration span) { state_->faulty = span; }

CONVERGE_DECL void simulation::rests_within(duration span) { state_->patience = span; }

CONVERGE_DECL void simulation::rests_after(duration span) { state_->stillness = span; }

CONVERGE_DECL testing::world& simulation::world() noexcept { return state_->world; }

CONVERGE_DECL snapshot simulation::now() const { return state_->store.now(); }

CONVERGE_DECL run_report simulation::run() { return state_->run(nullptr); }

CONVERGE_DECL run_report simulation::run(timeline& told) { return state_->run(&told); }

CONVERGE_DECL void simulation::poison(resource_type const& type, std::string name, judge_one holds)
{
    state_->add_poison(type, std::move(name), std::move(holds));
}

CONVERGE_DECL void simulation::justify(resource_type const& owner, resource_type const& child,
                                       judge_two allowed)
{
    state_->deeds.removes_only_if(owner, child, std::move(allowed));
}

CONVERGE_DECL void simulation::bound(resource_type const& owner, resource_type const& child,
                                     count_of asked, std::size_t surge)
{
    state_->deeds.at_most(owner, child, std::move(asked), surge);
}

CONVERGE_DECL void simulation::share(resource_type const& type)
{
    state_->deeds.allow_all_on(type);
}

CONVERGE_DECL void simulation::ignore(resource_type const& type) { state_->restless.insert(&type); }

} // namespace converge::testing
