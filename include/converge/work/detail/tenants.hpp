// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/work/detail/key_table.hpp>
#include <converge/work/queue_options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace converge::detail {

/// Names a list in `ready_levels`; `no_flow` names none.
using flow_index = std::uint32_t;
inline constexpr flow_index no_flow = std::numeric_limits<flow_index>::max();

/// Those keys of a queue that share one fairness key.
struct tenant : keyed_entry<std::string> {
    /// Keys that the queue knows.
    std::size_t keys = 0;
    /// The first of its lists, of which there is one for each priority that it has ready keys of.
    flow_index flows = no_flow;
    unsigned weight = 1;
};

/// The tenants of which a queue knows a key. Records are used again with their memory.
template <class Key>
class tenants {
public:
    explicit tenants(queue_options<Key>&& how)
        : name_{std::move(how.tenant_of)},
          weight_{std::move(how.weight_of)}
    {}

    /// The tenant of a key that the queue begins to know. O(1).
    [[nodiscard]] tenant& enter(Key const& key)
    {
        auto& found = known_.obtain(name_(key), [this](tenant& made) {
            made.weight = weight_ ? std::max(1u, weight_(made.key)) : 1u;
        });
        ++found.keys;
        return found;
    }

    void leave(tenant& of) noexcept
    {
        if (--of.keys == 0)
            known_.erase(of);
    }

private:
    std::function<std::string_view(Key const&)> name_;
    std::function<unsigned(std::string_view)> weight_;
    key_table<std::string, tenant, std::hash<std::string_view>> known_;
};

} // namespace converge::detail
