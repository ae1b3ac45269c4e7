// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/store/transaction.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::detail {

/// Which keys hang on which lease, and when each ends. Not thread-safe; reads no clock.
///
/// Keys are views: of a string that stays in place for as long as the key is attached.
class lease_table {
public:
    /// The keys of a lease, in order, so that what its end writes does not depend on chance.
    using key_set = std::set<std::string_view>;

    lease_id grant(duration ttl, instant now)
    {
        auto const id = static_cast<lease_id>(++last_);
        auto const due = later(now, ttl);
        leases_.emplace(id, lease{ttl, due, {}});
        by_end_.emplace(due, id);
        return id;
    }

    /// A lease of an earlier life of the store, which knew another clock: its whole span begins
    /// at the first time that this table is told. @pre `id` is not in the table.
    void revive(lease_id id, duration ttl)
    {
        last_ = std::max(last_, static_cast<std::uint64_t>(id));
        leases_.emplace(id, lease{ttl, instant::max(), {}});
        revived_.push_back(id);
    }

    /// Grants no number up to `last` from here on: whoever was given one may still hold it.
    void grant_after(lease_id last) { last_ = std::max(last_, static_cast<std::uint64_t>(last)); }

    /// False if there is no such lease, or it has ended by `now`. A `now` that lags behind an
    /// earlier one never shortens the lease.
    bool renew(lease_id id, instant now)
    {
        start_revived(now);
        auto const found = leases_.find(id);
        if (found == leases_.end() || found->second.due <= now)
            return false;
        auto const due = later(now, found->second.ttl);
        if (due <= found->second.due)
            return true;
        by_end_.erase({found->second.due, id});
        found->second.due = due;
        by_end_.emplace(due, id);
        return true;
    }

    struct ended_lease {
        lease_id id;
        key_set keys;
    };

    /// Takes the lease that ended first by `now` out of the table.
    std::optional<ended_lease> take_ended(instant now)
    {
        start_revived(now);
        if (by_end_.empty() || by_end_.begin()->first > now)
            return std::nullopt;
        auto const found = leases_.find(by_end_.begin()->second);
        by_end_.erase(by_end_.begin());
        std::optional<ended_lease> ended{{found->first, std::move(found->second.keys)}};
        leases_.erase(found);
        return ended;
    }

    [[nodiscard]] std::optional<instant> next_end() const
    {
        return by_end_.empty() ? std::nullopt : std::optional{by_end_.begin()->first};
    }

    [[nodiscard]] bool contains(lease_id id) const { return leases_.contains(id); }
    [[nodiscard]] std::size_t size() const noexcept { return leases_.size(); }

    /// @pre `contains(id)`.
    void attach(lease_id id, std::string_view key) { leases_.at(id).keys.insert(key); }

    /// No effect for a lease that is not there.
    void detach(lease_id id, std::string_view key)
    {
        auto const found = leases_.find(id);
        if (found != leases_.end())
            found->second.keys.erase(key);
    }

private:
    struct lease {
        duration ttl;
        instant due;
        key_set keys;
    };

    void start_revived(instant now)
    {
        for (auto const id : revived_) {
            auto& started = leases_.at(id);
            started.due = later(now, started.ttl);
            by_end_.emplace(started.due, id);
        }
        revived_.clear();
    }

    /// Saturates: a lease for ever is a duration so long that adding it would overflow.
    [[nodiscard]] static instant later(instant now, duration ttl)
    {
        return now > instant::max() - ttl ? instant::max() : now + ttl;
    }

    std::map<lease_id, lease> leases_;
    std::set<std::pair<instant, lease_id>> by_end_;
    std::vector<lease_id> revived_;
    std::uint64_t last_ = 0;
};

} // namespace converge::detail
