// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/testing/world.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace converge::testing::detail {

/// What ran in each step of a run, to find where two runs of one plan part.
struct run_trace {
    struct step {
        /// Of the run so far: of every step up to this one, its task, and all that was written.
        std::uint64_t fingerprint = 0;
        instant at{};
        std::uint32_t process = 0;

        friend bool operator==(step const&, step const&) = default;
    };

    /// Notes the last step that `in` has made, if it is not noted yet.
    void note(world const& in)
    {
        if (in.steps() == steps.size())
            return;
        step made;
        made.fingerprint = in.fingerprint();
        made.at = in.now();
        made.process = in.running().number();
        steps.push_back(made);
        if (processes.size() <= made.process)
            processes.resize(std::size_t{made.process} + 1);
        if (processes[made.process].empty())
            processes[made.process] = in.name(in.running());
    }

    std::vector<step> steps;
    /// Names, by number; empty for those that made no step.
    std::vector<std::string> processes;
};

} // namespace converge::testing::detail
