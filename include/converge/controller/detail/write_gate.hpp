// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/informer_set.hpp>
#include <converge/client/write_log.hpp>
#include <converge/core/key.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <memory>
#include <utility>
#include <vector>

namespace converge::detail {

/// Holds keys back until the caches show what was written for them, so that a reconciler always
/// reads its own writes. Kinds that nobody caches are nobody's reads.
class write_gate {
public:
    explicit write_gate(informer_set& caches) : caches_{caches} {}

    /// How often each cache had to list.
    using list_counts = std::map<informer const*, std::uint64_t>;

    /// A key whose caches show what was written for it.
    struct passed {
        object_key id;
        /// A cache listed anew since the writes: what was written then, and undone before the list,
        /// nobody saw, so the key has to run once more.
        bool blind = false;
    };

    [[nodiscard]] list_counts lists() const
    {
        list_counts counts;
        for (auto const& [collection, cache] : caches_.all())
            counts.emplace(cache.get(), cache->lists());
        return counts;
    }

    /// Nothing if a cache does not show yet what `writes` noted: then the key is held.
    /// @param before `lists()` when the run began
    [[nodiscard]] std::optional<passed> pass(object_key const& id, write_log const& writes,
                                             list_counts const& before)
    {
        held_key held;
        for (auto const& [type, at] : writes.newest()) {
            auto const found = caches_.all().find(type->collection);
            if (found == caches_.all().end())
                continue;
            auto const* const cache = found->second.get();
            auto const known = before.find(cache);
            held.lists.emplace(cache, known == before.end() ? cache->lists() : known->second);
            if (cache->through() < at)
                held.open.emplace_back(cache, at);
        }
        if (held.open.empty())
            return passed{id, held.is_blind()};
        held_.insert_or_assign(id, std::move(held));
        return std::nullopt;
    }

    /// The keys whose caches have caught up since; no longer held.
    [[nodiscard]] std::vector<passed> release()
    {
        std::vector<passed> free;
        for (auto at = held_.begin(); at != held_.end();) {
            std::erase_if(at->second.open,
                          [](wait const& on) { return on.first->through() >= on.second; });
            if (!at->second.open.empty()) {
                ++at;
                continue;
            }
            free.push_back({at->first, at->second.is_blind()});
            at = held_.erase(at);
        }
        return free;
    }

private:
    using wait = std::pair<informer const*, revision>;

    struct held_key {
        std::vector<wait> open;
        /// Of the caches of what was written, when the run began.
        list_counts lists;

        [[nodiscard]] bool is_blind() const
        {
            return std::ranges::any_of(lists, [](auto const& each) {
                return each.first->lists() != each.second;
            });
        }
    };

    informer_set& caches_;
    std::map<object_key, held_key> held_;
};

} // namespace converge::detail
