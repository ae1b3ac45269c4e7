// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

namespace converge::detail {

/// Says which states readers on any thread still look at, without a lock: a reader writes the
/// number of its state into a place of its own, and the writer, before it frees what old states
/// showed, reads all places. (Fraser's epochs, with a place for each reader instead of one a
/// thread, so that a reader may keep its state for as long as it likes and take it to another
/// thread.)
///
/// The argument. A reader *first* claims a place, with the number `everything`, and *then* loads the
/// writer's pointer to the newest state; the writer *first* stores the pointer to a newer state, and
/// *then* scans the places. All four are sequentially consistent, so they stand in one order: either
/// the scan sees the claim, and nothing is freed, or the load comes after the store, and the reader
/// has a state that does not show what is freed. Having its state, the reader lowers its demand
/// from `everything` to that number: what the state shows was superseded at that number or later.
/// The reader's last look happens before its place is given back (release), which happens before
/// what the writer does after a scan that saw it (acquire); claims are read-modify-writes, so a
/// place that was claimed again in between passes this on.
///
/// @par Threads     All members may be called from any thread.
/// @par Bounds      Sixteen places stand in the table itself. Each further sixteen snapshots that are
///                  held *at once* add a block, which stays as long as the table.
/// @par Complexity  A claim tries the places from one that depends on the caller on; a scan reads
///                  them all.
class pin_table {
public:
    using number = std::uint64_t;
    using place = std::atomic<number>;

    /// What a place holds that nobody claims.
    static constexpr number nothing = 0;
    /// Holds back everything: less than the number of any state.
    static constexpr number everything = 1;
    /// Holds back nothing.
    static constexpr number latest = std::numeric_limits<number>::max();
    static constexpr std::size_t places_in_block = 16;

    pin_table() = default;
    pin_table(pin_table const&) = delete;
    pin_table& operator=(pin_table const&) = delete;
    ~pin_table()
    {
        for (auto* each = first_.next.load(std::memory_order_relaxed); each != nullptr;) {
            std::unique_ptr<block> const dead{each};
            each = dead->next.load(std::memory_order_relaxed);
        }
    }

    /// A free place, which now holds `demand`: `everything`, or the number of a state that another
    /// place of the caller holds until this returns.
    [[nodiscard]] place& claim(number demand = everything)
    {
        // Readers on different threads begin at different places: their stacks are apart.
        auto const here = reinterpret_cast<std::uintptr_t>(&demand) >> 12;
        auto const start = static_cast<std::size_t>((here * 0x9e3779b97f4a7c15u) >> 32);
        for (auto* in = &first_;;) {
            for (std::size_t i = 0; i != places_in_block; ++i) {
                auto& each = in->places[(start + i) % places_in_block];
                auto expected = nothing;
                if (each.load(std::memory_order_relaxed) == nothing &&
                    each.compare_exchange_strong(expected, demand))
                    return each;
            }
            auto* const behind = in->next.load();
            in = behind != nullptr ? behind : add_behind(*in);
        }
    }

    static void release(place& held) noexcept { held.store(nothing, std::memory_order_release); }

    /// The least number that is held, at most `newest`.
    [[nodiscard]] number oldest(number newest) const noexcept
    {
        auto least = newest;
        for (auto const* in = &first_; in != nullptr; in = in->next.load())
            for (auto const& each : in->places) {
                auto const held = each.load();
                if (held != nothing && held < least)
                    least = held;
            }
        return least;
    }

    /// How many places there are.
    [[nodiscard]] std::size_t capacity() const noexcept
    {
        std::size_t blocks = 0;
        for (auto const* in = &first_; in != nullptr; in = in->next.load())
            ++blocks;
        return blocks * places_in_block;
    }

private:
    struct block {
        std::array<place, places_in_block> places{};
        std::atomic<block*> next{nullptr};
    };

    /// Whatever comes behind `last` afterwards, be it another thread's.
    [[nodiscard]] static block* add_behind(block& last)
    {
        auto fresh = std::make_unique<block>();
        block* other = nullptr;
        if (last.next.compare_exchange_strong(other, fresh.get()))
            return fresh.release();
        return other;
    }

    block first_;
};

} // namespace converge::detail
