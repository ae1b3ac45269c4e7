// SPDX-License-Identifier: BSL-1.0
#pragma once

// What stores of tests have in common that behave like a memory store but for one thing: derive and
// hide that member.

#include <converge/store/memory_store.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace api_test {

class store_around {
public:
    converge::commit_outcome commit(converge::transaction wanted)
    {
        return good.commit(std::move(wanted));
    }
    std::optional<converge::stored> get(std::string key) { return good.get(key); }
    converge::list_page list(converge::list_query query) { return good.list(std::move(query)); }
    std::unique_ptr<converge::watch_stream> watch(converge::watch_query query)
    {
        return good.watch(std::move(query));
    }
    converge::revision newest() { return good.newest(); }
    converge::lease_id grant_lease(converge::duration ttl, converge::instant now)
    {
        return good.grant_lease(ttl, now);
    }
    bool renew_lease(converge::lease_id lease, converge::instant now)
    {
        return good.renew_lease(lease, now);
    }
    std::optional<converge::instant> housekeep(converge::instant now)
    {
        return good.housekeep(now);
    }
    converge::store_stats stats() const { return good.stats(); }
    std::uint64_t incarnation() const { return good.incarnation(); }

    converge::memory_store good;
};
static_assert(converge::store<store_around>);

} // namespace api_test
