// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/any_object.hpp>
#include <converge/controller/detail/worker.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/key.hpp>
#include <converge/core/time.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace converge::detail {

/// A key that keeps itself busy.
struct hot_loop {
    unsigned runs;
    /// How long it should rest.
    duration pause;
    /// What differs between the last two runs: `status.checked, status.phase`.
    std::string fields;
};

/// Finds keys whose reconciler writes its own object in every run, is run again by that change or by
/// that of somebody who fights it, and never ends, though nothing new is desired.
class hot_loop_detector {
public:
    /// @param limit  how many such runs in a row are none; 0: never looks
    explicit hot_loop_detector(unsigned limit) : limit_{limit} {}

    /// A run has ended at `at`, well. @returns what was found: at the limit, and at each run after it.
    [[nodiscard]] CONVERGE_DECL std::optional<hot_loop> ended(worker const& run, instant at);

    void forget(object_key const& id)
    {
        if (!streaks_.empty())
            streaks_.erase(id);
    }

private:
    static constexpr std::size_t sweep_from = 256;

    struct streak {
        unsigned runs = 0;
        /// The object as the last run was given it.
        any_object object;
        /// When the last run ended, or its pause.
        instant rested{};
    };

    [[nodiscard]] CONVERGE_DECL static bool goes_on(streak const& before, worker const& run);

    /// Forgets the keys that have rested for long.
    CONVERGE_DECL void sweep(instant now);

    unsigned limit_;
    std::map<object_key, streak> streaks_;
    std::size_t sweep_at_ = sweep_from;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/controller/impl/hot_loop_detector.ipp>
#endif
