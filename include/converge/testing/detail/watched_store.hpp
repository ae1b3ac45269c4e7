// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/store/any_store.hpp>
#include <converge/store/memory_store.hpp>
#include <converge/testing/snapshot.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::testing::detail {

/// A memory store that tells of every change when it happens, and keeps what it holds at hand.
class watched_store {
public:
    /// Told the key, what it held before and what it holds now.
    using observer =
        std::function<void(std::string const&, any_object const&, any_object const&, revision)>;

    explicit watched_store(observer hear) : hear_{std::move(hear)} {}
    watched_store(watched_store const&) = delete;
    watched_store& operator=(watched_store const&) = delete;

    CONVERGE_DECL commit_outcome commit(transaction wanted);
    CONVERGE_DECL std::optional<instant> housekeep(instant now);

    [[nodiscard]] std::optional<stored> get(std::string_view key) const { return in_.get(key); }
    [[nodiscard]] list_page list(list_query query) const { return in_.list(std::move(query)); }
    [[nodiscard]] std::unique_ptr<watch_stream> watch(watch_query query) const
    {
        return in_.watch(std::move(query));
    }
    [[nodiscard]] revision newest() const { return in_.newest(); }
    [[nodiscard]] lease_id grant_lease(duration ttl, instant now)
    {
        return in_.grant_lease(ttl, now);
    }
    [[nodiscard]] bool renew_lease(lease_id lease, instant now)
    {
        return in_.renew_lease(lease, now);
    }
    [[nodiscard]] store_stats stats() const { return in_.stats(); }
    [[nodiscard]] std::uint64_t incarnation() const { return in_.incarnation(); }

    void compact(revision begin) { in_.compact(begin); }
    [[nodiscard]] snapshot now() const { return snapshot{objects_, in_.newest()}; }

private:
    /// What keys hold now; nothing where they went.
    using changes = std::vector<std::pair<std::string, any_object>>;

    CONVERGE_DECL void tell(changes made, revision at);

    memory_store in_;
    observer hear_;
    snapshot::objects objects_;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/watched_store.ipp>
#endif
