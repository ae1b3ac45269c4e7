// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/informer_set.hpp>
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
/// reads its own writes. Kinds that nobody caches are nobody's reads.
class write_gate {
public:
    explicit write_gate(informer_set& caches) : caches_{caches} {}

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
            caches_.for_each_of(*written.type, [&](std::shared_ptr<informer> const& cache) {
                all.push_back({cache.get(), written.oldest, written.newest});
            });
        if (std::ranges::all_of(all, &wait::is_over))
            return passed{id, std::ranges::any_of(all, &wait::is_blind)};
        held_.insert_or_assign(id, std::move(all));
        return std::nullopt;
    }

    /// The keys whose caches have caught up since; no longer held.
    [[nodiscard]] std::vector<passed> release()
    {
        std::vector<passed> free;
        for (auto at = held_.begin(); at != held_.end();) {
            auto const& [id, all] = *at;
            if (!std::ranges::all_of(all, &wait::is_over)) {
                ++at;
                continue;
            }
            free.push_back({id, std::ranges::any_of(all, &wait::is_blind)});
            at = held_.erase(at);
        }
        return free;
    }

    [[nodiscard]] bool holds(object_key const& id) const { return held_.contains(id); }

private:
    struct wait {
        informer const* on;
        revision oldest;
        revision newest;

        [[nodiscard]] bool is_over() const { return on->through() >= newest; }
        [[nodiscard]] bool is_blind() const { return on->listed_at() >= oldest; }
    };

    informer_set& caches_;
    std::map<object_key, std::vector<wait>> held_;
};

} // namespace converge::detail
