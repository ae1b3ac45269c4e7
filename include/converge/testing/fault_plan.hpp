// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>
#include <converge/testing/fault.hpp>
#include <converge/testing/turn_order.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace converge::testing {

/// All that decides a run: a seed, and the faults, if they are listed instead of drawn. The same
/// plan of the same scenario gives the same run, with every compiler.
struct fault_plan {
    std::uint64_t seed = 0;
    /// Drawn from the seed if nothing is set.
    std::optional<turn_order> order;
    /// Whether controllers run everything again every half minute. The seed decides unless set:
    /// half of the runs go without, because resyncs hide what was missed. Of no effect where the
    /// scenario says `keeps_resyncs`.
    std::optional<bool> resyncs;
    /// Just these; drawn from the seed if nothing is set.
    std::optional<std::vector<fault>> faults;

    fault_plan() = default;
    explicit fault_plan(std::uint64_t from) : seed{from} {}

    /// A run in which nothing goes wrong; only the order of things is drawn.
    [[nodiscard]] static fault_plan calm(std::uint64_t seed)
    {
        fault_plan made{seed};
        made.faults.emplace();
        return made;
    }
};

/// A plan as JSON, to be kept in a file: with the scenario it belongs to.
[[nodiscard]] CONVERGE_DECL std::string to_text(std::string_view scenario, fault_plan const& plan);

/// What `to_text` wrote.
struct named_plan {
    std::string scenario;
    fault_plan plan;
};

/// @returns errc::invalid, naming the member, if it is no plan.
[[nodiscard]] CONVERGE_DECL result<named_plan> parse_plan(std::string_view text);

} // namespace converge::testing

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/fault_plan.ipp>
#endif
