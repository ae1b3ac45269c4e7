// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/prefetch.hpp>
#include <converge/store/detail/key_sort.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::detail {

/// Pointers to the nodes of a map in the order of their keys, in sorted runs of bounded length:
/// a search costs two binary searches, and a walk reads consecutive memory. A tree of nodes
/// would cost four times the memory and a cache miss for every step of a walk.
///
/// `Node` is a pair whose `first` is the key. The nodes are the caller's, and stay in place.
template <class Node>
class ordered_index {
    struct nothing {
        void operator()(Node const&, Node const&) const noexcept {}
    };

public:
    /// @pre No node of that key is in the index. Logarithmic, and moves at most one run.
    void insert(Node& added)
    {
        std::string_view const key = added.first;
        auto const place = runs_.begin() + run_for(key);
        if (place == runs_.end()) {
            runs_.emplace_back().push_back(&added);
            return;
        }
        place->insert(position(*place, key), &added);
        if (place->size() > run_max)
            split(place);
    }

    /// Makes `all` the nodes of the index: at once, for much less than one by one.
    void assign(std::vector<Node*> all)
    {
        key_sort<Node>::sort(all);
        runs_.clear();
        for (std::size_t begin = 0; begin < all.size(); begin += run_filled) {
            auto const end = std::min(all.size(), begin + run_filled);
            runs_.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(begin),
                               all.begin() + static_cast<std::ptrdiff_t>(end));
        }
    }

    /// @pre The node is in the index. Complexity as `insert`.
    void erase(Node const& removed)
    {
        std::string_view const key = removed.first;
        auto const place = runs_.begin() + run_for(key);
        place->erase(position(*place, key));
        if (place->empty())
            runs_.erase(place);
    }

    /// Calls `visit(node)` for the keys from `start` on, behind it if `exclusive`, in order,
    /// until it returns false. Calls `foresee(later, soon)` with two nodes that come then, the
    /// sooner of which it had for `later` before: to fetch what hangs on them.
    template <class Visitor, class Foresee = nothing>
    void walk(std::string_view start, bool exclusive, Visitor visit, Foresee foresee = {}) const
    {
        if (runs_.empty())
            return;
        auto run = runs_.begin() + run_for(start);
        auto node = position(*run, start);
        if (exclusive && node != run->end() && (*node)->first == start)
            ++node;
        while (true) {
            for (; node != run->end(); ++node) {
                if (run->end() - node > 12) {
                    prefetch(node[12]);
                    foresee(*node[8], *node[4]);
                }
                if (!visit(**node))
                    return;
            }
            if (++run == runs_.end())
                return;
            node = run->begin();
        }
    }

private:
    using sorted_run = std::vector<Node*>;
    static constexpr std::size_t run_max = 512;
    static constexpr std::size_t run_filled = run_max - run_max / 8;

    /// The last run that starts at or before `key`; the first if none does.
    [[nodiscard]] std::ptrdiff_t run_for(std::string_view key) const
    {
        auto const behind = std::upper_bound(runs_.begin(), runs_.end(), key,
                                             [](std::string_view sought, sorted_run const& each) {
                                                 return sought < each.front()->first;
                                             });
        return behind == runs_.begin() ? 0 : behind - runs_.begin() - 1;
    }

    [[nodiscard]] static auto position(sorted_run const& in, std::string_view key)
    {
        return std::lower_bound(in.begin(), in.end(), key,
                                [](Node const* each, std::string_view sought) {
                                    return std::string_view{each->first} < sought;
                                });
    }

    void split(typename std::vector<sorted_run>::iterator full)
    {
        // Keys that come in order fill the runs instead of leaving every one half empty.
        bool const growing_at_end = std::next(full) == runs_.end();
        auto const keep = static_cast<std::ptrdiff_t>(growing_at_end ? run_filled : run_max / 2);
        sorted_run rest(full->begin() + keep, full->end());
        full->resize(static_cast<std::size_t>(keep));
        runs_.insert(std::next(full), std::move(rest));
    }

    std::vector<sorted_run> runs_;
};

} // namespace converge::detail
