// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace converge::detail {

constexpr char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// How many single-character slips (change, insert, drop, swap) lead from one word to the
/// other, ignoring case. Words beyond 48 characters count as far apart.
[[nodiscard]] inline std::size_t slips_between(std::string_view left, std::string_view right)
{
    constexpr std::size_t size_max = 48;
    if (left.size() > size_max || right.size() > size_max)
        return size_max;
    using row = std::array<std::size_t, size_max + 1>;
    row before_last{};
    row last{};
    row current{};
    for (std::size_t j = 0; j <= right.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            bool const same = lower(left[i - 1]) == lower(right[j - 1]);
            current[j] = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && lower(left[i - 1]) == lower(right[j - 2]) &&
                lower(left[i - 2]) == lower(right[j - 1]))
                current[j] = std::min(current[j], before_last[j - 2] + 1);
        }
        before_last = last;
        last = current;
    }
    return last[right.size()];
}

/// Keeps the candidate nearest to `typed`, if one is near enough to have been meant.
class near_miss {
public:
    explicit near_miss(std::string_view typed)
        : typed_{typed},
          slips_{std::max<std::size_t>(typed.size() / 3, 1) + 1}
    {}

    void consider(std::string_view candidate)
    {
        auto const slips = slips_between(typed_, candidate);
        if (slips < slips_ && slips < candidate.size()) {
            slips_ = slips;
            best_ = candidate;
        }
    }

    /// Empty if nothing is near.
    [[nodiscard]] std::string_view best() const noexcept { return best_; }

private:
    std::string_view typed_;
    std::string_view best_;
    std::size_t slips_;
};

} // namespace converge::detail
