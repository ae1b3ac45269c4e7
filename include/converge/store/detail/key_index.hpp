// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstring>
#include <functional>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace converge::detail {

/// A hash table of nodes, which it owns and which stay in place. A search reads one line of the
/// table and the node, whose key stands behind it in the same memory: half of the cache misses of
/// std::unordered_map, and most of what a write to a large store costs is cache misses.
///
/// A `Node` is an aggregate whose `first` is a std::string_view, its key, and that can be made of
/// the key alone.
template <class Node>
class key_index {
public:
    key_index() = default;
    key_index(key_index const&) = delete;
    key_index& operator=(key_index const&) = delete;
    ~key_index()
    {
        for (auto const& each : slots_)
            if (each.of)
                destroy(each.of);
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// The node of that key; null if there is none. Constant on average.
    [[nodiscard]] Node* find(std::string_view key) const noexcept
    {
        return slots_.empty() ? nullptr : slots_[place_of(key, hash_of(key))].of;
    }

    /// The node of that key, and whether it was made. Constant on average.
    std::pair<Node*, bool> insert(std::string_view key)
    {
        reserve(size_ + 1);
        auto const hash = hash_of(key);
        auto& place = slots_[place_of(key, hash)];
        if (place.of)
            return {place.of, false};
        place = {hash, make(key)};
        ++size_;
        return {place.of, true};
    }

    /// @pre The node is in the table. It is destroyed.
    void erase(Node& dead)
    {
        auto hole = place_of(dead.first, hash_of(dead.first));
        destroy(slots_[hole].of);
        --size_;
        // Who stands behind because the hole was taken moves up: a search ends at the first gap.
        for (auto i = next(hole); slots_[i].of; i = next(i)) {
            auto const home = slots_[i].hash & mask();
            if (((i - home) & mask()) >= ((i - hole) & mask())) {
                slots_[hole] = slots_[i];
                hole = i;
            }
        }
        slots_[hole] = {};
    }

    /// Makes room for that many nodes.
    void reserve(std::size_t nodes)
    {
        auto count = slots_.empty() ? least_slots : slots_.size();
        while (nodes > count - count / 4)
            count *= 2;
        if (count != slots_.size())
            resize(count);
    }

private:
    struct slot {
        std::size_t hash = 0;
        Node* of = nullptr;
    };
    static constexpr std::size_t least_slots = 16;

    [[nodiscard]] static std::size_t hash_of(std::string_view key) noexcept
    {
        return std::hash<std::string_view>{}(key);
    }

    [[nodiscard]] std::size_t mask() const noexcept { return slots_.size() - 1; }
    [[nodiscard]] std::size_t next(std::size_t place) const noexcept
    {
        return (place + 1) & mask();
    }

    /// Where the node of that key is, or would be put. @pre There is a gap.
    [[nodiscard]] std::size_t place_of(std::string_view key, std::size_t hash) const noexcept
    {
        auto place = hash & mask();
        for (; slots_[place].of; place = next(place))
            if (slots_[place].hash == hash && slots_[place].of->first == key)
                break;
        return place;
    }

    void resize(std::size_t count)
    {
        std::vector<slot> grown(count);
        grown.swap(slots_);
        for (auto const& each : grown) {
            if (!each.of)
                continue;
            auto place = each.hash & mask();
            while (slots_[place].of)
                place = next(place);
            slots_[place] = each;
        }
    }

    [[nodiscard]] static Node* make(std::string_view key)
    {
        static_assert(std::is_nothrow_default_constructible_v<Node>);
        static_assert(alignof(Node) <= alignof(std::max_align_t));
        auto* const memory = static_cast<char*>(::operator new(sizeof(Node) + key.size()));
        auto* const text = memory + sizeof(Node);
        if (!key.empty())
            std::memcpy(text, key.data(), key.size());
        auto* const made = ::new (memory) Node;
        made->first = std::string_view{text, key.size()};
        return made;
    }

    static void destroy(Node* dead) noexcept
    {
        dead->~Node();
        ::operator delete(static_cast<void*>(dead));
    }

    /// As many as a power of two, a quarter of them free.
    std::vector<slot> slots_;
    std::size_t size_ = 0;
};

} // namespace converge::detail
