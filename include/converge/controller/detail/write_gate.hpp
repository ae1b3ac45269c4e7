// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/informer.hpp>
#include <converge/client/write_log.hpp>
#include <converge/core/key.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace converge::detail {

/// Holds keys back until the caches show what was written for them, so that a reconciler always
/// reads its own writes. Kinds that the controller does not need are not among its reads, whoever
/// else caches them.
class write_gate {
public:
    /// @param caches what the controller needs; it may change, see `drop`
    explicit write_gate(std::vector<std::shared_ptr<informer>> const& caches) : caches_{caches} {}

    /// A key whose caches show what was written for it.
    struct passed {
        object_key id;
        /// A cache listed anew since the writes: what was written then, and undone before the list,
        /// nobody saw, so the key has to run once more.
        bool blind = false;
    };

    /// Nothing if a cache does not show yet what `writes` noted: then the key is held.
    [[nodiscard]] std::optional<passed> pass(object_key const& id, write_log const& writes)
    {
        std::vector<wait> all;
        for (auto const& written : writes.kinds())
            for (auto const& cache : caches_)
                // What is watched for a time may not be synced yet: then its list or watch shows the write.
                if (cache->synced() && cache->type().collection == written.type->collection)
                    all.push_back({cache.get(), written.oldest, written.newest});
        if (std::all_of(all.begin(), all.end(), is_over))
            return passed{id, std::any_of(all.begin(), all.end(), is_blind)};
        held_.insert_or_assign(id, std::move(all));
        return std::nullopt;
    }

    /// The keys whose caches have caught up since; no longer held.
    [[nodiscard]] std::vector<passed> release()
    {
        std::vector<passed> free;
        for (auto at = held_.begin(); at != held_.end();) {
            auto const& [id, all] = *at;
            if (!std::all_of(all.begin(), all.end(), is_over)) {
                ++at;
                continue;
            }
            free.push_back({id, std::any_of(all.begin(), all.end(), is_blind)});
            at = held_.erase(at);
        }
        return free;
    }

    /// Waits no more for a cache that the controller does not need any more.
    void drop(informer const& cache)
    {
        for (auto& [id, all] : held_)
            std::erase_if(all, [&cache](wait const& each) { return each.on == &cache; });
    }

    [[nodiscard]] bool holds(object_key const& id) const { return held_.contains(id); }

private:
    struct wait {
        informer const* on;
        revision oldest;
        revision newest;
    };

    static bool is_over(wait const& each) { return each.on->through() >= each.newest; }
    static bool is_blind(wait const& each) { return each.on->listed_at() >= each.oldest; }

    std::vector<std::shared_ptr<informer>> const& caches_;
    std::map<object_key, std::vector<wait>> held_;
};

} // namespace converge::detail
