// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/detail/cache_slot.hpp>
#include <converge/core/detail/prefetch.hpp>
#include <converge/core/detail/spread_hash.hpp>
#include <converge/core/key.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace converge::detail {

/// Finds slots by key: two cache misses, one of which is the slot. Does not own them. One thread.
class slot_table {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Null if there is none. Constant on average.
    [[nodiscard]] cache_slot* find(std::string_view space, std::string_view name) const noexcept
    {
        return find(space, name, hash_of(space, name));
    }
    /// The same, with the spread hash of the key.
    [[nodiscard]] cache_slot* find(std::string_view space, std::string_view name,
                                   std::uint32_t hash) const noexcept
    {
        return places_.empty() ? nullptr : places_[place_of(hash, space, name)].of;
    }

    /// Has the processor fetch what `find` of that hash will look at: called with 4, then 3, 2 and 1
    /// for the same hash, some time apart, for what each of them needs of the one before.
    [[gnu::always_inline]] void foresee(std::uint32_t hash, unsigned steps) const noexcept
    {
        if (places_.empty())
            return;
        auto const home = hash & mask();
        if (steps == 4) {
            prefetch_line(&places_[home]);
            return;
        }
        auto const& found = places_[home].hash == hash ? places_[home] : places_[next(home)];
        if (found.of == nullptr || found.hash != hash)
            return;
        if (steps == 3)
            prefetch(found.of);
        else if (steps == 2)
            prefetch(found.of->newest.load(std::memory_order_relaxed));
        else
            found.of->newest.load(std::memory_order_relaxed)->object.foresee();
    }

    /// @pre None of that key, of which `hash` is the spread hash, is in the table.
    void insert(cache_slot& added, std::uint32_t hash)
    {
        reserve(size_ + 1);
        places_[place_of(hash, added.space(), added.name())] = {hash, &added};
        ++size_;
    }

    /// @pre It is in the table.
    void erase(cache_slot const& removed) noexcept
    {
        auto hole =
            place_of(hash_of(removed.space(), removed.name()), removed.space(), removed.name());
        --size_;
        // Who stands behind because the hole was taken moves up: a search ends at the first gap.
        for (auto i = next(hole); places_[i].of != nullptr; i = next(i)) {
            auto const home = places_[i].hash & mask();
            if (((i - home) & mask()) >= ((i - hole) & mask())) {
                places_[hole] = places_[i];
                hole = i;
            }
        }
        places_[hole] = {};
    }

    /// Makes room for that many.
    void reserve(std::size_t slots)
    {
        auto count = places_.empty() ? least_places : places_.size();
        while (slots > count - count / 4)
            count *= 2;
        if (count != places_.size())
            resize(count);
    }

    /// In no order.
    template <class Visitor>
    void for_each(Visitor visit) const
    {
        for (auto const& each : places_)
            if (each.of != nullptr)
                visit(*each.of);
    }

    [[nodiscard]] static std::uint32_t hash_of(std::string_view space,
                                               std::string_view name) noexcept
    {
        return spread_hash(hash_of_key(space, name));
    }

private:
    struct place {
        std::uint32_t hash = 0;
        cache_slot* of = nullptr;
    };
    static constexpr std::size_t least_places = 16;

    [[nodiscard]] std::size_t mask() const noexcept { return places_.size() - 1; }
    [[nodiscard]] std::size_t next(std::size_t at) const noexcept { return (at + 1) & mask(); }

    /// Where the slot of that key is, or would be put. @pre There is a gap.
    [[nodiscard]] std::size_t place_of(std::uint32_t hash, std::string_view space,
                                       std::string_view name) const noexcept
    {
        auto at = hash & mask();
        for (; places_[at].of != nullptr; at = next(at))
            if (places_[at].hash == hash && places_[at].of->name() == name &&
                places_[at].of->space() == space)
                break;
        return at;
    }

    void resize(std::size_t count)
    {
        std::vector<place> grown(count);
        grown.swap(places_);
        for (auto const& each : grown) {
            if (each.of == nullptr)
                continue;
            auto at = each.hash & mask();
            while (places_[at].of != nullptr)
                at = next(at);
            places_[at] = each;
        }
    }

    /// As many as a power of two, a quarter of them free.
    std::vector<place> places_;
    std::size_t size_ = 0;
};

} // namespace converge::detail
