// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>
#include <converge/testing/explore.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace converge::testing {

/// What long explorations of one commit found so far, kept in a file, so that they can be ended at
/// any time and gone on with.
///
/// @par Threads  None, and one program a file: what another writes in between is lost.
class totals {
public:
    struct of_scenario {
        /// Run, or not to be run again: all from 0 to here.
        std::uint64_t seeds = 0;
        std::uint64_t failures = 0;
        /// Of all runs made.
        std::uint64_t steps = 0;
        std::optional<std::uint64_t> first_failure;

        friend bool operator==(of_scenario const&, of_scenario const&) = default;
    };

    /// Reads the file; begins with nothing if there is none, or if it tells of another commit: what
    /// other code did says nothing of this one.
    /// @throws errc::invalid if the file holds something else, or `commit` is empty.
    CONVERGE_DECL totals(std::filesystem::path file, std::string commit);

    /// What is known of a scenario; nothing if it was never run.
    [[nodiscard]] CONVERGE_DECL of_scenario of(std::string const& scenario) const;
    /// Writes the file. @throws errc::unavailable if that fails.
    CONVERGE_DECL void set(std::string const& scenario, of_scenario known);

    [[nodiscard]] std::string const& commit() const noexcept { return commit_; }
    [[nodiscard]] std::filesystem::path const& file() const noexcept { return file_; }

private:
    std::filesystem::path file_;
    std::string commit_;
    std::map<std::string, of_scenario> known_;
};

/// When totals are written: after so many seeds or so long, whichever comes first.
class saving_pace {
public:
    using clock = std::function<instant()>;

    /// @param tells  the time; the real one if it is empty. Called by several threads at once.
    /// @throws errc::invalid if `seeds` is zero: nothing would ever be run.
    CONVERGE_DECL explicit saving_pace(std::uint64_t seeds = 10'000,
                                       duration span = std::chrono::minutes{1}, clock tells = {});

    [[nodiscard]] std::uint64_t seeds() const noexcept { return seeds_; }
    [[nodiscard]] duration span() const noexcept { return span_; }
    [[nodiscard]] instant now() const { return tells_(); }

private:
    std::uint64_t seeds_;
    duration span_;
    clock tells_;
};

/// As `explore`, from the first seed that `kept` does not know; what `how` says of the first is
/// ignored. Writes `kept` at that pace, when the seeds that have begun by then have ended, and
/// before failures are shrunk.
///
/// Calling again never makes a failure go away. One at which it stopped is run again when it goes
/// on; where failures are collected the first of those known is run again, and is among what is
/// found. If it does not fail any more, what was found behind it was another program's, and is run
/// anew.
/// @returns what this call found; `kept` has the sum.
[[nodiscard]] CONVERGE_DECL exploration explore(scenario const& what, explore_options how,
                                                totals& kept, saving_pace pace = saving_pace{});

} // namespace converge::testing

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/totals.ipp>
#endif
