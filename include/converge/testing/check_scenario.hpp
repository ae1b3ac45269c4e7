// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/failure.hpp>
#include <converge/testing/detail/text_file.hpp>
#include <converge/testing/explore.hpp>
#include <converge/testing/fault_plan.hpp>
#include <converge/testing/totals.hpp>

#include <doctest/doctest.h>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace converge::testing {

namespace detail {

/// Empty if the variable is unset.
[[nodiscard]] inline std::string environment_text(char const* variable)
{
    auto const* const text = std::getenv(variable);
    return text == nullptr ? std::string{} : std::string{text};
}

/// CONVERGE_SEEDS; nothing if it is unset or empty. @throws errc::invalid if it is no number.
[[nodiscard]] inline std::optional<std::uint64_t> environment_seeds()
{
    auto const text = environment_text("CONVERGE_SEEDS");
    if (text.empty())
        return std::nullopt;
    std::uint64_t seeds = 0;
    auto const [end, no] = std::from_chars(text.data(), text.data() + text.size(), seeds);
    if (no != std::errc{} || end != text.data() + text.size() || seeds == 0)
        throw error{errc::invalid,
                    "CONVERGE_SEEDS: \"" + text + "\" is not a whole number above zero"};
    return seeds;
}

[[nodiscard]] inline exploration explored_for_check(scenario const& what)
{
    explore_options how;
    if (auto const seeds = environment_seeds())
        how = std::move(how).seeds(*seeds);
    auto const folder = environment_text("CONVERGE_TOTALS");
    if (folder.empty())
        return explore(what, how);
    std::filesystem::create_directories(folder);
    totals kept{std::filesystem::path{folder} / (file_stem(what.name) + ".json"),
                environment_text("CONVERGE_COMMIT")};
    return explore(what, how, kept);
}

} // namespace detail

/// In a test of doctest: explores a scenario and checks that it holds. Otherwise says in one line
/// what reproduces the failure, and shows the plan, to be kept in a file for `simulation_main`.
///
/// Runs as many seeds as the environment variable CONVERGE_SEEDS says, or as the scenario asks for.
/// If CONVERGE_TOTALS names a folder, a file of it has the `totals` of the commit that
/// CONVERGE_COMMIT names, and the run goes on where it ended before.
inline void check_scenario(scenario const& what)
{
    auto const found = detail::explored_for_check(what);
    auto const reproduction =
        found.holds() ? std::string{} : '\n' + to_text(what.name, found.failures.front().plan);
    CHECK_MESSAGE(found.holds(), found.summary() << reproduction);
}

} // namespace converge::testing
