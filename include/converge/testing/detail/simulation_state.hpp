// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/api.hpp>
#include <converge/client/client.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/testing/detail/deeds_judge.hpp>
#include <converge/testing/detail/end_state.hpp>
#include <converge/testing/detail/fault_source.hpp>
#include <converge/testing/detail/object_log.hpp>
#include <converge/testing/detail/rest_judge.hpp>
#include <converge/testing/detail/run_trace.hpp>
#include <converge/testing/detail/simulated_line.hpp>
#include <converge/testing/detail/status_judge.hpp>
#include <converge/testing/detail/watch_judge.hpp>
#include <converge/testing/detail/watched_store.hpp>
#include <converge/testing/simulation.hpp>
#include <converge/testing/world.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::testing::detail {

/// What `simulation` is made of.
class simulation_state {
public:
    using script = std::function<task<>(client)>;
    using named_script = std::pair<std::string, script>;

    CONVERGE_DECL explicit simulation_state(fault_plan plan);
    simulation_state(simulation_state const&) = delete;
    simulation_state& operator=(simulation_state const&) = delete;

    CONVERGE_DECL void add_plane(std::string name, script start);
    CONVERGE_DECL void add_user(std::string name, script body);
    CONVERGE_DECL void add_environment(std::string name, std::function<task<>()> start);
    CONVERGE_DECL void add_poison(resource_type const& type, std::string name,
                                  std::function<std::string(any_object const&)> holds);

    CONVERGE_DECL run_report run(timeline* told);

    /// Once it has run: what is left, for comparisons.
    [[nodiscard]] CONVERGE_DECL end_state end() const;
    /// How many steps a plane made while faults were possible.
    [[nodiscard]] std::uint64_t steps_in_faults(std::string const& plane) const
    {
        auto const found = steps_in_faults_.find(plane);
        return found == steps_in_faults_.end() ? 0 : found->second;
    }
    /// Which of the desired states it ends in; 0 if there are none.
    [[nodiscard]] std::size_t last_desired() const noexcept { return last_desired_; }
    /// A run that only makes the last of them desired.
    void only_desire(std::size_t which) { only_desired_ = which; }

    // What scenarios set.
    std::function<any_store(any_store)> wrap;
    std::vector<std::pair<std::string, simulation::check>> eventually;
    std::vector<std::pair<std::string, simulation::check>> always;
    std::vector<named_script> desired;
    std::set<resource_type const*> restless;
    /// Planes.
    std::set<std::string> may_end;
    std::optional<bool> compares_counts;
    bool keeps_resyncs = false;
    /// Where to note every step; may be null.
    run_trace* trace = nullptr;
    duration faulty{};
    duration patience{};
    /// Without a write for this long, and with nothing under way, all is taken to be at rest.
    duration stillness{};

private:
    struct user_state {
        named_script what;
        bool done = false;
        std::exception_ptr failure;
    };
    struct poison_rule {
        resource_type const* type;
        std::string name;
        std::function<std::string(any_object const&)> holds;
    };
    class monitor;

    // The parts of a run; each ends early once something was found to be wrong.
    CONVERGE_DECL void start_api();
    CONVERGE_DECL void run_faults();
    CONVERGE_DECL void run_calm();
    CONVERGE_DECL void run_quiet();
    CONVERGE_DECL void run_again();

    CONVERGE_DECL void check_user(user_state const& one);
    /// Accuses what has ended or failed that should not have.
    CONVERGE_DECL void check_processes();
    CONVERGE_DECL void check_scripts();
    [[nodiscard]] CONVERGE_DECL task<> run_plane(process self, task<> body);
    CONVERGE_DECL void stop_faults();
    [[nodiscard]] CONVERGE_DECL task<> go_through(client api, std::vector<std::size_t> path);
    [[nodiscard]] CONVERGE_DECL task<> play(user_state& one);
    [[nodiscard]] CONVERGE_DECL task<> disturb_clocks();
    [[nodiscard]] CONVERGE_DECL client line_of(std::string const& name,
                                               std::optional<process> owner);
    CONVERGE_DECL void draw_desired();
    CONVERGE_DECL void start_plane(std::string name, script start);
    CONVERGE_DECL void queue_user(std::string name, script body);

    /// Steps until `done`, something is wrong, or `limit` is over. @returns false if nothing can
    /// happen any more.
    [[nodiscard]] CONVERGE_DECL bool step_until(std::function<bool()> const& done, duration limit);
    /// Which plane does not run, what is under way to or from them, or which key has failed; empty
    /// if nothing.
    [[nodiscard]] CONVERGE_DECL std::string disturbance() const;
    /// What keeps it from rest, as text; empty if nothing does.
    [[nodiscard]] CONVERGE_DECL std::string unrest(bool nothing_happens) const;
    /// What does not hold yet that must in the end; empty if all does.
    [[nodiscard]] CONVERGE_DECL std::string unmet();
    CONVERGE_DECL void check_met(std::string_view oracle);
    /// Calls a check of the scenario. What it throws is an accusation.
    [[nodiscard]] CONVERGE_DECL std::string ask(std::string const& name,
                                                std::function<std::string()> const& check);

    CONVERGE_DECL void on_write(std::string const& key, any_object const& before,
                                any_object const& after, revision at);
    CONVERGE_DECL void note_write(write_seen const& one);
    [[nodiscard]] CONVERGE_DECL static std::string said(write_seen const& one);
    CONVERGE_DECL void choose_poison(write_seen const& one);
    CONVERGE_DECL void excuse_poisoned();
    CONVERGE_DECL void accuse(std::string_view oracle, std::string message);
    CONVERGE_DECL void tell(std::string const& who, std::string what);

private:
    std::vector<process> planes_;
    /// Those whose main task has returned.
    std::set<std::uint32_t> returned_;
    /// All processes but planes and users.
    std::vector<process> others_;
    std::vector<named_script> planned_planes_;
    std::vector<std::pair<std::string, std::function<task<>()>>> environments_;
    std::deque<user_state> users_;
    std::vector<poison_rule> poisons_;
    object_log log_;
    std::map<std::string, std::uint64_t> steps_in_faults_;
    bool running_ = false;
    bool resyncs_ = false;
    bool world_is_quiet_ = false;
    /// Set where nothing may be written any more: the oracle that forbids it.
    std::string_view forbids_writes_;
    instant last_write_{};
    /// Since the last fault.
    instant still_since_{};
    std::string last_write_text_ = "nothing";
    /// How often each key was written since faults stopped; nothing before.
    std::optional<std::map<std::string, std::size_t>> calm_writes_;
    std::size_t last_desired_ = 0;
    std::optional<std::size_t> only_desired_;
    std::optional<violation> wrong_;
    timeline* told_ = nullptr;
    std::uint64_t writes_ = 0;
    std::uint64_t reconciles_ = 0;
    std::optional<simulated_wire> wire_;
    std::shared_ptr<converge::api> api_;

public:
    // The world last: what runs in it uses all the others.
    fault_plan const plan;
    deeds_judge deeds;
    status_judge statuses;
    rest_judge rest;
    watch_judge watches;
    watched_store store;
    testing::world world;
    fault_source& faults;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/simulation_phases.ipp>
#include <converge/testing/impl/simulation_state.ipp>
#endif
