// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/any_object.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

namespace converge::detail {

/// What an object was from one state of the cache on. Immutable but for its end.
struct cache_version {
    any_object object;
    /// The number of the first state that shows it.
    std::uint64_t born;
    /// Only to be followed by who looks for a state before `born`: then it lives.
    cache_version* older;
};

struct cache_slot;

/// That an object is found by a value. Immutable for readers.
struct index_entry {
    cache_slot* of;
    /// The next of the same object, by index and value; the writer's.
    index_entry* next = nullptr;
    std::uint32_t index;
    std::uint32_t size;

    [[nodiscard]] std::string_view value() const noexcept
    {
        return {reinterpret_cast<char const*>(this + 1), size};
    }

    [[nodiscard]] static index_entry* make(cache_slot* of, std::uint32_t index,
                                           std::string_view value)
    {
        auto* const memory = ::operator new(sizeof(index_entry) + value.size());
        auto const size = static_cast<std::uint32_t>(value.size());
        auto* const made = ::new (memory) index_entry{of, nullptr, index, size};
        if (!value.empty())
            std::memcpy(static_cast<void*>(made + 1), value.data(), value.size());
        return made;
    }
    static void free(void*, void* dead) { ::operator delete(dead); }
};

/// One key of a cache from when the object appeared until it is gone: its text and the newest
/// version. Stays in place. All but `newest` is either immutable or the writer's.
struct cache_slot {
    /// Written with release: what it points to is whole for every reader.
    std::atomic<cache_version*> newest{nullptr};
    index_entry* entries = nullptr;
    /// The last list that had it.
    std::uint32_t list = 0;
    std::uint32_t namespace_size = 0;
    std::uint32_t name_size = 0;
    /// The namespace, then the name; goes on behind the slot.
    char text[4];

    [[nodiscard]] std::string_view space() const noexcept { return {text, namespace_size}; }
    [[nodiscard]] std::string_view name() const noexcept
    {
        return {text + namespace_size, name_size};
    }

    /// What a state shows of it. @pre The state shows the slot and is pinned, or is the newest and
    /// the caller is the writer's strand. Linear in the later versions.
    [[nodiscard]] cache_version const* seen_at(std::uint64_t state) const noexcept
    {
        cache_version const* seen = newest.load(std::memory_order_acquire);
        while (seen->born > state)
            seen = seen->older;
        return seen;
    }

    [[nodiscard]] static cache_slot* make(std::string_view space, std::string_view name)
    {
        auto const text_size = space.size() + name.size();
        auto const size = std::max(sizeof(cache_slot), offsetof(cache_slot, text) + text_size);
        auto* const memory = static_cast<char*>(::operator new(size));
        auto* const made = ::new (static_cast<void*>(memory)) cache_slot;
        made->namespace_size = static_cast<std::uint32_t>(space.size());
        made->name_size = static_cast<std::uint32_t>(name.size());
        auto* const text_memory = memory + offsetof(cache_slot, text);
        if (!space.empty())
            std::memcpy(text_memory, space.data(), space.size());
        if (!name.empty())
            std::memcpy(text_memory + space.size(), name.data(), name.size());
        return made;
    }
    static void free(void*, void* dead) { ::operator delete(dead); }
};

/// By namespace, then name.
struct slot_order {
    [[nodiscard]] static int compare(cache_slot const& left, std::string_view space,
                                     std::string_view name) noexcept
    {
        auto const by_space = left.space().compare(space);
        return by_space != 0 ? by_space : left.name().compare(name);
    }
    [[nodiscard]] static bool before(cache_slot const& left, cache_slot const& right) noexcept
    {
        return compare(left, right.space(), right.name()) < 0;
    }
};

/// By value, then as `slot_order`.
struct entry_order {
    [[nodiscard]] static bool before(index_entry const& left, index_entry const& right) noexcept
    {
        auto const by_value = left.value().compare(right.value());
        return by_value != 0 ? by_value < 0 : slot_order::before(*left.of, *right.of);
    }
};

} // namespace converge::detail
