// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/simulation.hpp>

#include <iosfwd>
#include <vector>

namespace converge::testing {

/// Makes a program of scenarios:
///
///     int main(int argc, char** argv)
///     {
///         return simulation_main(argc, argv, {{"sites", sites_get_one_page}}, std::cout);
///     }
///
/// | command        | what it does                                                               |
/// |----------------|----------------------------------------------------------------------------|
/// | `list`         | names the scenarios                                                        |
/// | `run`          | many seeds; the default. Ends at the first failure, and writes its plan    |
/// | `replay`       | one plan or seed, twice: are the runs equal? Then who did what when         |
/// | `shrink`       | leaves as few faults in a plan as still bring its failure about            |
/// | `sweep`        | one run for each place where one fault alone can happen                    |
/// | `fingerprints` | one line a scenario, to be compared between compilers and machines         |
///
/// `--help` and `COMMAND --help` tell the rest. All output goes to `out`.
/// @returns 0 if all holds, 1 if something does not, 2 if it was asked for what cannot be done.
/// Needs CLI11 (`CLI/CLI.hpp`; Debian's package libcli11-dev).
[[nodiscard]] CONVERGE_DECL int simulation_main(int argc, char const* const* argv,
                                                std::vector<scenario> all, std::ostream& out);

} // namespace converge::testing

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/simulation_main.ipp>
#endif
