// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/detail/cache_slot.hpp>

#include <cstddef>
#include <functional>
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
        if (places_.empty())
            return nullptr;
        return places_[place_of(hash_of(space, name), space, name)].of;
    }

    /// @pre None of that key is in the table.
    void insert(cache_slot& added)
    {
        reserve(size_ + 1);
        auto const hash = hash_of(added.space(), added.name());
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

private:
    struct place {
        std::size_t hash = 0;
        cache_slot* of = nullptr;
    };
    static constexpr std::size_t least_places = 16;

    [[nodiscard]] static std::size_t hash_of(std::string_view space, std::string_view name) noexcept
    {
        std::hash<std::string_view> const hash;
        auto const mixed = hash(space) * 0x9e3779b97f4a7c15u;
        return hash(name) ^ mixed ^ (mixed >> 32);
    }

    [[nodiscard]] std::size_t mask() const noexcept { return places_.size() - 1; }
    [[nodiscard]] std::size_t next(std::size_t at) const noexcept { return (at + 1) & mask(); }

    /// Where the slot of that key is, or would be put. @pre There is a gap.
    [[nodiscard]] std::size_t place_of(std::size_t hash, std::string_view space,
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
