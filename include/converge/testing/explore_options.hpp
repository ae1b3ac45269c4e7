// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace converge::testing {

/// How `explore` goes about it. Setters chain.
class explore_options {
public:
    explore_options() {}

    /// How many seeds; as many as the scenario asks for unless set.
    [[nodiscard]] explore_options seeds(std::uint64_t count) &&
    {
        seeds_ = count;
        return std::move(*this);
    }
    /// Begins with this seed; 0 unless set.
    [[nodiscard]] explore_options from(std::uint64_t first) &&
    {
        first_ = first;
        return std::move(*this);
    }
    /// Threads; as many as there are processors unless set.
    [[nodiscard]] explore_options on_threads(unsigned count) &&
    {
        threads_ = count;
        return std::move(*this);
    }
    /// Goes on after failures, and collects them.
    [[nodiscard]] explore_options collecting() &&
    {
        collects_ = true;
        return std::move(*this);
    }
    /// Runs every `nth` seed twice and compares, step by step and by what was found; 20 unless set,
    /// 0 never.
    [[nodiscard]] explore_options comparing_every(std::uint64_t nth) &&
    {
        compared_ = nth;
        return std::move(*this);
    }
    /// Leaves failures as they were found.
    [[nodiscard]] explore_options without_shrinking() &&
    {
        shrinks_ = false;
        return std::move(*this);
    }

    /// Keeps, and shrinks, the first so many failures by seed; 10 unless set, at least 1. All are
    /// counted.
    [[nodiscard]] explore_options reporting(std::size_t most) &&
    {
        reports_ = most == 0 ? 1 : most;
        return std::move(*this);
    }
    /// Begins no further seed once `enough` says so; one is run at least. It is called by all
    /// threads at once, after every seed. Of how many seeds were run then, all are those from the
    /// first on.
    [[nodiscard]] explore_options until(std::function<bool()> enough) &&
    {
        enough_ = std::move(enough);
        return std::move(*this);
    }

    [[nodiscard]] std::optional<std::uint64_t> seeds() const noexcept { return seeds_; }
    [[nodiscard]] std::uint64_t first() const noexcept { return first_; }
    [[nodiscard]] unsigned threads() const noexcept { return threads_; }
    [[nodiscard]] bool collects() const noexcept { return collects_; }
    [[nodiscard]] std::uint64_t compared() const noexcept { return compared_; }
    [[nodiscard]] bool shrinks() const noexcept { return shrinks_; }
    [[nodiscard]] std::size_t reports() const noexcept { return reports_; }
    [[nodiscard]] std::function<bool()> const& enough() const noexcept { return enough_; }

private:
    std::optional<std::uint64_t> seeds_;
    std::uint64_t first_ = 0;
    unsigned threads_ = 0;
    bool collects_ = false;
    std::uint64_t compared_ = 20;
    bool shrinks_ = true;
    std::size_t reports_ = 10;
    std::function<bool()> enough_;
};

} // namespace converge::testing
