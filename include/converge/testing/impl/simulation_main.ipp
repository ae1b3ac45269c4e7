// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/simulation_main.hpp>

#include <converge/core/failure.hpp>
#include <converge/testing/detail/simulation_program.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace converge::testing {

namespace detail {

/// Commands, and where their options go.
class simulation_command_line {
public:
    simulation_command_line()
    {
        // One that it does not know is then named as such.
        line_.require_subcommand(0, 1);
        add_list();
        add_run();
        add_replay();
        add_shrink();
        add_sweep();
        add_fingerprints();
    }

    /// @returns what the program ends with.
    [[nodiscard]] int follow(std::vector<std::string> words, std::string called,
                             std::vector<scenario> all, std::ostream& out)
    {
        if (words.empty() ||
            (words[0].starts_with('-') && words[0] != "-h" && words[0] != "--help"))
            words.insert(words.begin(), "run");
        line_.name(std::filesystem::path{called}.filename().string());
        try {
            // CLI11 takes them from the back.
            std::ranges::reverse(words);
            line_.parse(std::move(words));
        } catch (CLI::ParseError const& no) {
            return line_.exit(no, out, out) == 0 ? 0 : 2;
        }
        simulation_program program{std::move(called), std::move(all), out};
        auto const* const command = line_.get_subcommands().front();
        if (command == list_)
            return program.list();
        if (command == replay_)
            return program.replay(wishes_);
        if (command == shrink_)
            return program.shrink(wishes_);
        if (command == sweep_)
            return program.sweep(wishes_);
        return command == run_ ? program.run(wishes_) : program.fingerprints(wishes_);
    }

private:
    void add_list() { list_ = line_.add_subcommand("list", "Names the scenarios"); }

    void add_run()
    {
        run_ = line_.add_subcommand("run", "Runs many seeds, and ends at the first failure");
        add_scenarios(*run_);
        add_seeds(*run_, "How many seeds of each [what the scenario asks for]");
        auto* const from = run_->add_option("--from", wishes_.first, "Begins with this seed [0]");
        add_jobs(*run_);
        run_->add_flag("--collect", wishes_.collects, "Goes on after failures");
        run_->add_option("--plan", wishes_.plan,
                         "Where to write the plan of the first failure "
                         "[<scenario>-<seed>.plan.json]");
        auto* const kept =
            run_->add_option("--totals", wishes_.totals,
                             "A file that keeps seeds, failures and steps: the run can be ended at "
                             "any time, and goes "
                             "on where it was when started again with the same commit");
        run_->add_option("--commit", wishes_.commit, "What is run, for --totals and for messages")
            ->envname("CONVERGE_COMMIT");
        kept->excludes(from);
    }

    void add_replay()
    {
        replay_ = line_.add_subcommand(
            "replay", "Runs one plan twice, compares, and tells who did what when");
        auto* const file = replay_->add_option("plan", wishes_.plan, "A file that run has written");
        auto* const name = add_scenarios(*replay_);
        auto* const seed = replay_->add_option("--seed", wishes_.seed, "The seed to run");
        auto* const calm =
            replay_->add_flag("--calm", wishes_.calm, "Without the faults of the seed");
        replay_->add_flag("--brief", wishes_.brief, "Without the timeline");
        for (auto* const each : {name, seed, calm})
            file->excludes(each);
    }

    void add_shrink()
    {
        shrink_ = line_.add_subcommand(
            "shrink", "Leaves as few faults in a plan as still bring its failure about");
        shrink_->add_option("plan", wishes_.plan, "The file, which is rewritten")->required();
    }

    void add_sweep()
    {
        sweep_ = line_.add_subcommand("sweep",
                                      "One run for each place where one fault alone can happen");
        add_scenarios(*sweep_);
        sweep_->add_option("--kind", wishes_.kinds,
                           "The kind of fault, more than once for more [crash lost_answer "
                           "hidden_event]");
        sweep_->add_option("--seed", wishes_.seed, "Draws the order of things [0]");
    }

    void add_fingerprints()
    {
        fingerprints_ = line_.add_subcommand(
            "fingerprints", "One line a scenario, to be compared between compilers");
        add_scenarios(*fingerprints_);
        add_seeds(*fingerprints_, "How many seeds of each [500]");
        add_jobs(*fingerprints_);
    }

    CLI::Option* add_scenarios(CLI::App& to)
    {
        return to.add_option("--scenario", wishes_.scenarios,
                             "The name of one, more than once for more [all]");
    }
    void add_seeds(CLI::App& to, std::string help)
    {
        to.add_option("--seeds", wishes_.seeds, std::move(help))->check(CLI::PositiveNumber);
    }
    void add_jobs(CLI::App& to)
    {
        to.add_option("--jobs", wishes_.jobs, "Threads [as many as there are processors]")
            ->check(CLI::Range(1, 1024));
    }

    simulation_wishes wishes_;
    CLI::App line_{"Runs simulations: scenarios under seeds of crashes, delays and lost messages"};
    CLI::App* list_ = nullptr;
    CLI::App* run_ = nullptr;
    CLI::App* replay_ = nullptr;
    CLI::App* shrink_ = nullptr;
    CLI::App* sweep_ = nullptr;
    CLI::App* fingerprints_ = nullptr;
};

} // namespace detail

CONVERGE_DECL int simulation_main(int argc, char const* const* argv, std::vector<scenario> all,
                                  std::ostream& out)
{
    std::string const called = argc > 0 ? argv[0] : "simulation";
    try {
        detail::simulation_command_line line;
        return line.follow({argv + std::min(argc, 1), argv + argc}, called, std::move(all), out);
    } catch (std::exception const& no) {
        out << no.what() << '\n';
        return 2;
    }
}

} // namespace converge::testing
