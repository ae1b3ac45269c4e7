// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

namespace converge::detail {

/// Sorts pointers to nodes by their keys, `Node::first`, faster than comparing whole keys does:
/// keys of one kind begin alike, so what all have in common is passed over once, and the sixteen
/// bytes behind it are compared as numbers. A key that is a prefix of another comes first; keys
/// must not hold zero bytes.
template <class Node>
class key_sort {
public:
    /// Uses a second thread for many keys.
    static void sort(std::vector<Node*>& nodes)
    {
        std::vector<entry> all;
        all.reserve(nodes.size());
        for (auto* each : nodes)
            all.push_back({{0, 0}, each});
        sort_with_help(all);
        for (std::size_t i = 0; i < all.size(); ++i)
            nodes[i] = all[i].of;
    }

private:
    /// Below, comparing whole keys is faster.
    static constexpr std::size_t few = 24;
    /// Below, a thread costs more than it saves.
    static constexpr std::size_t many = 50'000;

    struct bytes {
        std::uint64_t first;
        std::uint64_t second;

        auto operator<=>(bytes const&) const = default;
    };

    struct entry {
        bytes head;
        Node* of;
    };
    using entries = std::span<entry>;

    static std::string_view key(entry const& of) { return of.of->first; }

    static void sort_with_help(entries all)
    {
        if (all.size() < many) {
            sort_from(all, 0);
            return;
        }
        auto const behind = load_heads(all, 0);
        auto const middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
        std::nth_element(all.begin(), middle, all.end(), heads_ascend);
        // Both halves hold what has the head of the middle: there whole keys must decide.
        std::nth_element(all.begin(), middle, all.end(), before_by_head);
        entries const low{all.begin(), middle};
        entries const high{middle, all.end()};
        std::thread helper{[low, behind] { sort_heads(low, behind); }};
        sort_heads(high, behind);
        helper.join();
    }

    static bool heads_ascend(entry const& left, entry const& right)
    {
        return left.head < right.head;
    }

    static bool before_by_head(entry const& left, entry const& right)
    {
        return left.head != right.head ? left.head < right.head : key(left) < key(right);
    }

    static void sort_from(entries part, std::size_t common)
    {
        if (part.size() < few) {
            std::sort(part.begin(), part.end(),
                      [](entry const& left, entry const& right) { return key(left) < key(right); });
            return;
        }
        sort_heads(part, load_heads(part, common));
    }

    /// Sorts by the heads, then what has the same head by what follows it.
    static void sort_heads(entries part, std::size_t behind)
    {
        std::sort(part.begin(), part.end(), heads_ascend);
        for (auto begin = part.begin(); begin != part.end();) {
            auto const end = std::find_if(
                begin, part.end(), [head = begin->head](entry const& e) { return e.head != head; });
            // Only keys that end here have a zero in their heads, and those are equal.
            if (end - begin > 1)
                sort_from(entries{begin, end}, behind);
            begin = end;
        }
    }

    /// Sets each head to the bytes behind what all have in common. @returns where they end.
    static std::size_t load_heads(entries part, std::size_t common)
    {
        auto const first = key(part.front());
        auto shared = first.size();
        for (auto const& each : part) {
            auto const other = key(each).substr(0, shared);
            auto const from = static_cast<std::ptrdiff_t>(std::min(common, other.size()));
            auto const differs =
                std::mismatch(other.begin() + from, other.end(), first.begin() + from);
            shared = static_cast<std::size_t>(differs.first - other.begin());
        }
        for (auto& each : part)
            each.head = head_at(key(each), shared);
        return shared + 16;
    }

    static bytes head_at(std::string_view of, std::size_t place)
    {
        return {number_at(of, place), number_at(of, place + 8)};
    }

    static std::uint64_t number_at(std::string_view of, std::size_t place)
    {
        if constexpr (std::endian::native == std::endian::little) {
            std::uint64_t number = 0;
            if (of.size() >= place + sizeof number) {
                std::memcpy(&number, of.data() + place, sizeof number);
                return __builtin_bswap64(number);
            }
        }
        std::uint64_t head = 0;
        for (std::size_t i = place; i < place + 8; ++i)
            head = head << 8 | (i < of.size() ? static_cast<unsigned char>(of[i]) : 0U);
        return head;
    }
};

} // namespace converge::detail
