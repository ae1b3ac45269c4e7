// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/prefetch.hpp>
#include <converge/core/detail/spread_hash.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace converge::detail {

/// What an entry of a `key_table` begins with.
template <class Key>
struct keyed_entry {
    Key key{};
    std::uint32_t slot = 0;
    /// While the entry is unused, the next unused one.
    std::uint32_t hash = 0;
};

/// A hash table whose entries never move and are used again with the memory of their keys: keys
/// that come and go do not allocate. Memory stays at the largest number of keys ever held.
///
/// `Entry` derives from `keyed_entry<Key>`; `Key` is regular. Linear probing over cells of eight
/// bytes, at most half of them used, and an order of entries in memory that follows that of their
/// insertion, so that a burst of keys is added and worked off with few cache misses. Keys are
/// looked for by anything that can be hashed alike, compared with, and assigned to them.
template <class Key, class Entry, class Hash>
class key_table {
public:
    key_table() = default;
    key_table(key_table&& other) noexcept { swap(other); }
    key_table& operator=(key_table&& other) noexcept
    {
        key_table{std::move(other)}.swap(*this);
        return *this;
    }

    [[nodiscard]] std::size_t size() const noexcept { return used_; }

    /// Null if absent.
    template <class Wanted>
    [[nodiscard]] Entry* find(Wanted const& key) const
    {
        return find(key, hash_of(key));
    }

    /// The same, with the hash that the entry of the key has or would have.
    template <class Wanted>
    [[nodiscard]] Entry* find(Wanted const& key, std::uint32_t hash) const
    {
        return used_ == 0 ? nullptr : find_hashed(key, hash);
    }

    /// The entry of `key`; a new one is in the state in which `erase` left it, or fresh, and
    /// `prepare(entry)` was called for it. If that throws, the key stays absent.
    template <class Wanted, class Prepare>
    [[nodiscard]] Entry& obtain(Wanted const& key, Prepare prepare)
    {
        auto const hash = hash_of(key);
        if (used_ != 0)
            if (auto* const found = find_hashed(key, hash))
                return *found;
        if (2 * (used_ + 1) > cells_.size())
            grow();
        if (unused_ == none)
            add_chunk();
        auto& entry = at(unused_);
        entry.key = key;
        prepare(entry);
        unused_ = entry.hash;
        entry.hash = hash;
        place(cell{hash, entry.slot + 1});
        ++used_;
        return entry;
    }

    template <class Wanted>
    [[nodiscard]] Entry& obtain(Wanted const& key)
    {
        return obtain(key, [](Entry&) {});
    }

    /// @pre `entry` is of this table.
    void erase(Entry& entry) noexcept
    {
        auto hole = entry.hash & mask_;
        while (cells_[hole].slot_and_one != entry.slot + 1)
            hole = (hole + 1) & mask_;
        // Pulls back what probing had pushed behind the hole, so that no marker stays.
        for (auto next = (hole + 1) & mask_; cells_[next].slot_and_one != 0;
             next = (next + 1) & mask_) {
            auto const home = cells_[next].hash & mask_;
            if (((next - home) & mask_) >= ((next - hole) & mask_)) {
                cells_[hole] = cells_[next];
                hole = next;
            }
        }
        cells_[hole] = cell{};
        entry.hash = std::exchange(unused_, entry.slot);
        --used_;
    }

    /// To be called some time before `entry` is looked for or erased: then it is there sooner.
    [[gnu::always_inline]] void expect(Entry const& entry) const noexcept
    {
        prefetch(&cells_[entry.hash & mask_]);
    }

    /// Calls `visit(entry)` for each entry; it must not add or erase.
    template <class Visit>
    void for_each(Visit visit)
    {
        for (auto const& each : cells_)
            if (each.slot_and_one != 0)
                visit(at(each.slot_and_one - 1));
    }

private:
    // Chunks of 8, 8, 16, 32, ... entries until there are 1024, then of 1024: a table of few keys is
    // made quickly, and one of many wastes little.
    static constexpr std::uint32_t small_chunk = 8;
    static constexpr std::uint32_t large_chunk = 1024;
    static constexpr std::uint32_t small_chunks = std::bit_width(large_chunk / small_chunk);
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    struct cell {
        std::uint32_t hash = 0;
        /// Zero marks an empty cell.
        std::uint32_t slot_and_one = 0;
    };

    template <class Wanted>
    [[nodiscard]] std::uint32_t hash_of(Wanted const& key) const
    {
        return spread_hash(hash_(key));
    }

    [[nodiscard]] Entry& at(std::uint32_t slot) const noexcept
    {
        if (slot >= large_chunk)
            return chunks_[small_chunks - 1 + slot / large_chunk][slot % large_chunk];
        if (slot < small_chunk)
            return chunks_.front()[slot];
        auto const first = std::bit_floor(slot);
        return chunks_[static_cast<std::size_t>(std::bit_width(slot / small_chunk))][slot - first];
    }

    template <class Wanted>
    [[nodiscard]] Entry* find_hashed(Wanted const& key, std::uint32_t hash) const
    {
        for (auto index = hash & mask_; cells_[index].slot_and_one != 0;
             index = (index + 1) & mask_) {
            if (cells_[index].hash != hash)
                continue;
            auto& entry = at(cells_[index].slot_and_one - 1);
            if (entry.key == key)
                return &entry;
        }
        return nullptr;
    }

    void place(cell wanted) noexcept
    {
        auto index = wanted.hash & mask_;
        while (cells_[index].slot_and_one != 0)
            index = (index + 1) & mask_;
        cells_[index] = wanted;
    }

    void grow()
    {
        std::vector<cell> old(cells_.empty() ? 16 : 2 * cells_.size());
        old.swap(cells_);
        mask_ = static_cast<std::uint32_t>(cells_.size() - 1);
        for (auto const& each : old)
            if (each.slot_and_one != 0)
                place(each);
    }

    // @pre All slots are used, so that the number of keys is the first new slot.
    void add_chunk()
    {
        auto const first = static_cast<std::uint32_t>(used_);
        auto const size = first == 0 ? small_chunk : first < large_chunk ? first : large_chunk;
        chunks_.push_back(std::make_unique<Entry[]>(size));
        auto& chunk = chunks_.back();
        for (std::uint32_t i = 0; i != size; ++i) {
            chunk[i].slot = first + i;
            chunk[i].hash = i + 1 == size ? none : first + i + 1;
        }
        unused_ = first;
    }

    void swap(key_table& other) noexcept
    {
        std::swap(hash_, other.hash_);
        cells_.swap(other.cells_);
        chunks_.swap(other.chunks_);
        std::swap(unused_, other.unused_);
        std::swap(mask_, other.mask_);
        std::swap(used_, other.used_);
    }

    [[no_unique_address]] Hash hash_{};
    std::vector<cell> cells_;
    std::vector<std::unique_ptr<Entry[]>> chunks_;
    std::uint32_t unused_ = none;
    std::uint32_t mask_ = 0;
    std::size_t used_ = 0;
};

} // namespace converge::detail
