// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace cluster {

/// The candidate that `typed` was most likely meant to be: one that differs in at most a third of
/// its characters, and in at least one. Empty if there is none. Of equals, the one that begins
/// most alike: people rarely miss the first letter.
[[nodiscard]] inline std::string similar_word(std::string_view typed,
                                              std::span<std::string const> candidates)
{
    constexpr std::size_t size_max = 64;
    auto const common_prefix = [&](std::string_view with) {
        auto const ends = std::mismatch(typed.begin(), typed.end(), with.begin(), with.end());
        return ends.first - typed.begin();
    };
    std::string best;
    std::size_t fewest = std::max<std::size_t>(typed.size() / 3, 1) + 1;
    for (auto const& candidate : candidates) {
        if (typed.size() > size_max || candidate.size() > size_max)
            continue;
        // One row of the table of edit distances at a time.
        std::array<std::size_t, size_max + 1> row{};
        for (std::size_t j = 0; j <= candidate.size(); ++j)
            row[j] = j;
        for (std::size_t i = 1; i <= typed.size(); ++i) {
            auto diagonal = std::exchange(row[0], i);
            for (std::size_t j = 1; j <= candidate.size(); ++j) {
                auto const changed = diagonal + (typed[i - 1] == candidate[j - 1] ? 0 : 1);
                diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
            }
        }
        auto const distance = row[candidate.size()];
        bool const closer = distance < fewest || (distance == fewest && !best.empty() &&
                                                  common_prefix(candidate) > common_prefix(best));
        if (distance != 0 && closer && distance < candidate.size()) {
            fewest = distance;
            best = candidate;
        }
    }
    return best;
}

} // namespace cluster
