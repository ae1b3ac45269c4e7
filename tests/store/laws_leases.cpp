// SPDX-License-Identifier: BSL-1.0
#include <converge/store/any_store.hpp>

#include "store_under_test.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>

using namespace converge;
using namespace store_test;
using namespace std::chrono_literals;

namespace {

struct model_lease {
    duration ttl;
    instant end;
};

/// Random dealings with leases, by a clock that mostly goes on and sometimes jumps back.
class lease_comparison {
public:
    lease_comparison(any_store store, std::uint64_t seed) : user_{std::move(store)}, random_{seed}
    {}

    void step()
    {
        now_ += below(5) == 0 ? -std::chrono::seconds{below(20)} : std::chrono::seconds{below(8)};
        switch (below(8)) {
        case 0: grant(); break;
        case 1: renew(); break;
        case 2: housekeep(); break;
        case 3: erase(); break;
        default: put_one(); break;
        }
        std::set<std::string> found;
        for (auto const& each : user_.list("").entries)
            found.insert(key_of(each.value));
        std::set<std::string> expected;
        for (auto const& each : keys_)
            expected.insert(each.first);
        CHECK(found == expected);
        CHECK(user_.newest() == newest_);
        CHECK(user_.store().stats().leases == leases_.size());
    }

private:
    [[nodiscard]] std::int64_t below(std::int64_t bound)
    {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound));
    }
    [[nodiscard]] std::string any_key() { return "a/" + std::to_string(below(12)); }
    /// Mostly one that stands.
    [[nodiscard]] lease_id any_lease()
    {
        if (leases_.empty() || below(6) == 0)
            return static_cast<lease_id>(1 + below(10));
        return std::next(leases_.begin(), below(static_cast<std::int64_t>(leases_.size())))->first;
    }

    void grant()
    {
        auto const ttl = std::chrono::seconds{1 + below(40)};
        auto const id = user_.run(user_.store().grant_lease(ttl, now_));
        CHECK_FALSE(leases_.contains(id));
        leases_.emplace(id, model_lease{ttl, now_ + ttl});
    }

    void renew()
    {
        auto const id = any_lease();
        auto const found = leases_.find(id);
        bool const stands = found != leases_.end() && found->second.end > now_;
        CHECK(user_.run(user_.store().renew_lease(id, now_)) == stands);
        if (stands)
            found->second.end = std::max(found->second.end, now_ + found->second.ttl);
    }

    void housekeep()
    {
        auto const next = user_.run(user_.store().housekeep(now_));
        std::optional<instant> expected;
        for (auto each = leases_.begin(); each != leases_.end();) {
            if (each->second.end > now_) {
                expected = expected ? std::min(*expected, each->second.end) : each->second.end;
                ++each;
                continue;
            }
            auto const hung = std::erase_if(
                keys_, [&](auto const& key) { return key.second == each->first; });
            // One revision for all of its keys.
            newest_ = hung > 0 ? newest_.next() : newest_;
            each = leases_.erase(each);
        }
        CHECK(next == expected);
    }

    void erase()
    {
        auto const key = any_key();
        user_.erase(key);
        newest_ = keys_.erase(key) > 0 ? newest_.next() : newest_;
    }

    void put_one()
    {
        auto const key = any_key();
        auto const lease = below(3) == 0 ? lease_id::none : any_lease();
        if (lease != lease_id::none && !leases_.contains(lease)) {
            CHECK(fails_with(errc::not_found, [&] { user_.commit(put(key, 0, lease)); }));
            return;
        }
        CHECK(user_.commit(put(key, 0, lease)).entries[0]->lease == lease);
        keys_[key] = lease;
        newest_ = newest_.next();
    }

    session user_;
    std::mt19937_64 random_;
    instant now_{1h};
    std::map<lease_id, model_lease> leases_;
    std::map<std::string, lease_id> keys_;
    revision newest_{};
};

} // namespace

TEST_CASE("leases never end early, whatever the clock does, and end with all their keys at one "
          "revision")
{
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
        for_every_store([seed](store_under_test& opened) {
            CAPTURE(seed);
            lease_comparison both{opened.store(), seed};
            for (int i = 0; i < 400; ++i)
                both.step();
        });
}
