// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>

#include <atomic>
#include <chrono>

namespace converge::detail {

/// Tells whether looking for an answer again and again pays, or whether it is better to sleep and be
/// woken: it learns from how that went.
///
/// To be woken by another thread takes some 20 us, more where the processor slept; a fast disk
/// answers within 100 us, so that a lone writer would spend a fifth of its time waking up. A slow
/// disk is not worth the processor time. Nor is a processor that others want: who is woken goes
/// before them, who looks does not.
///
/// @par Threads   Every member may be called from any thread.
class patience {
public:
    /// How long to look, and how often: a simulated clock may stand still meanwhile.
    static constexpr duration longest = std::chrono::microseconds{500};
    static constexpr int looks_max = 10'000;
    /// Two looks that are further apart show that others want the processor.
    static constexpr duration longest_gap = std::chrono::microseconds{250};

    /// Whether to look this time.
    [[nodiscard]] bool pays() noexcept
    {
        auto left = rest_.load(relaxed);
        while (left != 0 && !rest_.compare_exchange_weak(left, left - 1, relaxed)) {
        }
        return left == 0;
    }

    void found() noexcept { in_vain_.store(0, relaxed); }

    void tried_in_vain(bool others_want_the_processor) noexcept
    {
        if (others_want_the_processor)
            rest_.store(rest_where_busy, relaxed);
        else if (in_vain_.fetch_add(1, relaxed) + 1 >= in_vain_max)
            rest_.store(rest_where_slow, relaxed);
    }

private:
    static constexpr auto relaxed = std::memory_order_relaxed;
    /// More than one: now and then any disk is slow.
    static constexpr unsigned in_vain_max = 8;
    /// How many times not to look then.
    static constexpr unsigned rest_where_slow = 128;
    static constexpr unsigned rest_where_busy = 256;

    std::atomic<unsigned> in_vain_ = 0;
    std::atomic<unsigned> rest_ = 0;
};

} // namespace converge::detail
