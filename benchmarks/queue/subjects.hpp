// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/key.hpp>
#include <converge/work/queue.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <optional>
#include <queue>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

/// @file
/// The queues that are measured, behind one interface, and their keys.

namespace bench {

using converge::cause_kind;
using converge::duration;
using converge::instant;

/// `namespace-%03d` and `object-%07d`: 28 bytes with the stroke, more than a string keeps in place.
[[nodiscard]] inline std::pair<std::string, std::string> name_of(std::size_t number)
{
    char space[32];
    char name[32];
    std::snprintf(space, sizeof space, "namespace-%03zu", number % 1000);
    std::snprintf(name, sizeof name, "object-%07zu", number);
    return {space, name};
}

/// The number-th key of a type: one string, or two, or a number that stands for an interned name.
template <class Key>
[[nodiscard]] Key make_key(std::size_t number);

template <>
[[nodiscard]] inline std::string make_key(std::size_t number)
{
    auto const [space, name] = name_of(number);
    return space + "/" + name;
}

template <>
[[nodiscard]] inline converge::object_key make_key(std::size_t number)
{
    auto [space, name] = name_of(number);
    return {std::move(space), std::move(name)};
}

template <>
[[nodiscard]] inline std::uint32_t make_key(std::size_t number)
{
    return static_cast<std::uint32_t>(number);
}

template <class Key>
[[nodiscard]] std::vector<Key> make_keys(std::size_t count)
{
    std::vector<Key> keys;
    keys.reserve(count);
    for (std::size_t number = 0; number < count; ++number)
        keys.push_back(make_key<Key>(number));
    return keys;
}

template <class Key>
inline constexpr char const* key_name = "";
template <>
inline constexpr char const* key_name<std::string> = "string";
template <>
inline constexpr char const* key_name<converge::object_key> = "object_key";
template <>
inline constexpr char const* key_name<std::uint32_t> = "interned_id";

/// What is measured.
template <class Key>
struct our_queue {
    using key_type = Key;
    using item = typename converge::keyed_queue<Key>::taken;

    bool add(Key const& key, int priority = 0)
    {
        return held.add(key, cause_kind::changed, priority);
    }
    void add_at(Key const& key, instant due) { held.add_at(key, cause_kind::requeue, due); }
    bool take(instant now, item& into) { return held.take(now, into); }
    void done(Key const& key) { held.done(key); }
    [[nodiscard]] bool has_ready() const { return held.ready() != 0; }
    [[nodiscard]] std::optional<instant> next_due() const { return held.next_due(); }

    converge::keyed_queue<Key> held;
};

/// The limit: the least that has these semantics, of the parts of the standard library. One waiting
/// run a key, one run at a time, first in first out, one time a key; no priorities, causes, attempts.
template <class Key>
struct plain_queue {
    using key_type = Key;
    struct item {
        Key key{};
        int priority = 0;
    };

    bool add(Key const& key, int = 0)
    {
        if (!dirty.insert(key).second || processing.contains(key))
            return false;
        line.push_back(key);
        return true;
    }

    void add_at(Key const& key, instant due)
    {
        auto const [at, made] = times.try_emplace(key, due);
        if (!made && at->second <= due)
            return;
        at->second = due;
        delayed.emplace(due, ++arrivals, key);
    }

    bool take(instant now, item& into)
    {
        while (!delayed.empty() && std::get<0>(delayed.top()) <= now) {
            auto const& [due, arrival, key] = delayed.top();
            auto const at = times.find(key);
            if (at != times.end() && at->second == due) {
                times.erase(at);
                add(key);
            }
            delayed.pop();
        }
        if (line.empty())
            return false;
        into.key = std::move(line.front());
        line.pop_front();
        processing.insert(into.key);
        dirty.erase(into.key);
        return true;
    }

    void done(Key const& key)
    {
        processing.erase(key);
        if (dirty.contains(key))
            line.push_back(key);
    }

    [[nodiscard]] bool has_ready() const { return !line.empty(); }
    [[nodiscard]] std::optional<instant> next_due() const
    {
        return delayed.empty() ? std::nullopt : std::optional{std::get<0>(delayed.top())};
    }

    std::unordered_set<Key> dirty;
    std::unordered_set<Key> processing;
    std::deque<Key> line;
    using timed = std::tuple<instant, std::uint64_t, Key>;
    std::priority_queue<timed, std::vector<timed>, std::greater<>> delayed;
    std::unordered_map<Key, instant> times;
    std::uint64_t arrivals = 0;
};

} // namespace bench
