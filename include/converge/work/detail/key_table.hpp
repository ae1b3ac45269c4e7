// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace converge::detail {

/// What an entry of a `key_table` begins with.
template <class Key>
struct keyed_entry {
    Key key{};
    std::uint32_t slot = 0;
    std::uint32_t hash = 0;
};

/// A hash table whose entries never move and are used again with the memory of their keys: keys
/// that come and go do not allocate. Memory stays at the largest number of keys ever held.
///
/// `Entry` derives from `keyed_entry<Key>`; `Key` is regular. Linear probing over cells of eight
/// bytes, at most half of them used, and an order of entries in memory that follows that of their
/// insertion, so that a burst of keys is added and worked off with few cache misses.
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
    [[nodiscard]] Entry* find(Key const& key) const
    {
        return used_ == 0 ? nullptr : find(key, hash_of(key));
    }

    /// The entry of `key`; a new one is in the state in which `erase` left it, or fresh.
    [[nodiscard]] Entry& obtain(Key const& key)
    {
        auto const hash = hash_of(key);
        if (used_ != 0)
            if (auto* const found = find(key, hash))
                return *found;
        if (2 * (used_ + 1) > cells_.size())
            grow();
        if (free_.empty())
            add_chunk();
        auto& entry = at(free_.back());
        entry.key = key;
        entry.hash = hash;
        free_.pop_back();
        place(cell{hash, entry.slot + 1});
        ++used_;
        return entry;
    }

    /// @pre `entry` is of this table.
    void erase(Entry& entry)
    {
        // First the list, for which there is room: it never holds more than there are slots.
        free_.push_back(entry.slot);
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
        --used_;
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
    static constexpr std::uint32_t chunk_size = 16;

    struct cell {
        std::uint32_t hash = 0;
        /// Zero marks an empty cell.
        std::uint32_t slot_and_one = 0;
    };

    // Spreads hashes that are the number itself, as std::hash<int> is, over the whole table.
    [[nodiscard]] std::uint32_t hash_of(Key const& key) const
    {
        return static_cast<std::uint32_t>(
            (static_cast<std::uint64_t>(hash_(key)) * 0x9e3779b97f4a7c15u) >> 32);
    }

    [[nodiscard]] Entry& at(std::uint32_t slot) const
    {
        return chunks_[slot / chunk_size][slot % chunk_size];
    }

    [[nodiscard]] Entry* find(Key const& key, std::uint32_t hash) const
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

    void place(cell wanted)
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

    void add_chunk()
    {
        auto const first = static_cast<std::uint32_t>(chunks_.size()) * chunk_size;
        free_.reserve(first + chunk_size);
        chunks_.push_back(std::make_unique<Entry[]>(chunk_size));
        for (auto slot = first + chunk_size; slot-- != first;) {
            at(slot).slot = slot;
            free_.push_back(slot);
        }
    }

    void swap(key_table& other) noexcept
    {
        std::swap(hash_, other.hash_);
        cells_.swap(other.cells_);
        chunks_.swap(other.chunks_);
        free_.swap(other.free_);
        std::swap(mask_, other.mask_);
        std::swap(used_, other.used_);
    }

    [[no_unique_address]] Hash hash_{};
    std::vector<cell> cells_;
    std::vector<std::unique_ptr<Entry[]>> chunks_;
    std::vector<std::uint32_t> free_;
    std::uint32_t mask_ = 0;
    std::size_t used_ = 0;
};

} // namespace converge::detail
