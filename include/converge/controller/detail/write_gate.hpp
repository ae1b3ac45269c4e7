// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/informer_set.hpp>
#include <converge/client/write_log.hpp>
#include <converge/core/key.hpp>

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace converge::detail {

/// Holds keys back until the caches show what was written for them, so that a reconciler always
/// reads its own writes. Kinds that nobody caches are nobody's reads.
class write_gate {
public:
    explicit write_gate(informer_set& caches) : caches_{caches} {}

    /// Whether all caches show what `writes` noted; if not, the key is held.
    [[nodiscard]] bool pass(object_key const& id, write_log const& writes)
    {
        std::vector<wait> open;
        for (auto const& [type, at] : writes.newest())
            if (auto const found = caches_.all().find(type->collection);
                found != caches_.all().end() && found->second->through() < at)
                open.emplace_back(found->second.get(), at);
        if (open.empty())
            return true;
        held_.insert_or_assign(id, std::move(open));
        return false;
    }

    /// The keys whose caches have caught up since; no longer held.
    [[nodiscard]] std::vector<object_key> release()
    {
        std::vector<object_key> free;
        for (auto at = held_.begin(); at != held_.end();) {
            std::erase_if(at->second,
                          [](wait const& on) { return on.first->through() >= on.second; });
            if (!at->second.empty()) {
                ++at;
                continue;
            }
            free.push_back(at->first);
            at = held_.erase(at);
        }
        return free;
    }

private:
    using wait = std::pair<informer const*, revision>;

    informer_set& caches_;
    std::map<object_key, std::vector<wait>> held_;
};

} // namespace converge::detail
