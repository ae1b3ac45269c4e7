// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/explore.hpp>
#include <converge/testing/fault.hpp>
#include <converge/testing/fault_plan.hpp>
#include <converge/testing/simulation.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace converge::testing::detail {

/// What a command line asks for; each command looks at its own part.
struct simulation_wishes {
    /// All if none is named.
    std::vector<std::string> scenarios;
    std::optional<std::uint64_t> seeds;
    std::uint64_t first = 0;
    unsigned jobs = 0;
    bool collects = false;
    /// The plan to read, or where to write one.
    std::string plan;
    std::string totals;
    std::string commit;
    std::optional<std::uint64_t> seed;
    bool calm = false;
    bool brief = false;
    std::vector<std::string> kinds;
};

/// The commands of `simulation_main`. Each returns what the program does, and throws
/// `converge::error` for what cannot be done.
class simulation_program {
public:
    /// @param called how the program was called, for lines to be typed
    /// @throws errc::invalid if there is no scenario, or two have one name.
    CONVERGE_DECL simulation_program(std::string called, std::vector<scenario> all,
                                     std::ostream& out);

    CONVERGE_DECL int list();
    CONVERGE_DECL int run(simulation_wishes const& asked);
    CONVERGE_DECL int replay(simulation_wishes const& asked);
    CONVERGE_DECL int shrink(simulation_wishes const& asked);
    CONVERGE_DECL int sweep(simulation_wishes const& asked);
    CONVERGE_DECL int fingerprints(simulation_wishes const& asked);

private:
    [[nodiscard]] CONVERGE_DECL scenario const& named(std::string const& name) const;
    [[nodiscard]] CONVERGE_DECL std::vector<scenario const*>
    chosen(simulation_wishes const& asked) const;
    [[nodiscard]] CONVERGE_DECL named_plan plan_asked_for(simulation_wishes const& asked) const;

    /// Explores one scenario and tells what came of it. @returns whether it holds.
    [[nodiscard]] CONVERGE_DECL bool run_one(scenario const& what, simulation_wishes const& asked);
    [[nodiscard]] CONVERGE_DECL bool run_on(scenario const& what, simulation_wishes const& asked);
    /// @param suffix of the names of plans, beside scenario and seed
    CONVERGE_DECL void tell(exploration const& found, simulation_wishes const& asked,
                            std::string const& suffix = {});
    CONVERGE_DECL void tell_failure(std::string const& name, failed_run const& found,
                                    std::string const& commit);
    CONVERGE_DECL void tell_faults(std::vector<fault> const& faults);
    CONVERGE_DECL void write_plan(std::string const& to, std::string const& name,
                                  fault_plan const& plan);

    std::string called_;
    std::vector<scenario> all_;
    std::ostream& out_;
    /// The file that the user named is the first failure's.
    bool plan_written_ = false;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/simulation_program.ipp>
#endif
