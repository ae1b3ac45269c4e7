// SPDX-License-Identifier: BSL-1.0
#include <converge/store/any_store.hpp>

#include "store_under_test.hpp"

using namespace converge;
using namespace store_test;
using namespace std::chrono_literals;

namespace {

instant at(duration since_start) { return instant{} + since_start; }

/// The lease members, step by step.
class lessee : public session {
public:
    using session::session;

    lease_id grant(duration ttl, instant now) { return run(store().grant_lease(ttl, now)); }
    bool renew(lease_id lease, instant now) { return run(store().renew_lease(lease, now)); }
    std::optional<instant> expire(instant now) { return run(store().housekeep(now)); }
    bool has(std::string key) { return get(std::move(key)).has_value(); }
};

} // namespace

TEST_CASE("what hangs on a lease is erased when it ends, and never before")
{
    for_every_store([](store_under_test& opened) {
        lessee user{opened.store()};
        auto const lease = user.grant(10s, at(0s));
        auto const outcome = user.commit(put("a/x", 1, lease));
        CHECK(outcome.entries[0]->lease == lease);
        CHECK(user.expire(at(10s - 1ns)) == at(10s));
        CHECK(user.has("a/x"));
        CHECK(user.newest() == outcome.at);
        CHECK(user.expire(at(10s)) == std::nullopt);
        CHECK_FALSE(user.has("a/x"));
    });
}

TEST_CASE("a lease that ends erases all its keys at one revision; each lease has its own")
{
    for_every_store([](store_under_test& opened) {
        lessee user{opened.store()};
        auto const later = user.grant(2s, at(1s));
        auto const sooner = user.grant(1s, at(1s));
        auto const empty = user.grant(1s, at(1s));
        user.commit(put("a/z", 0, sooner));
        user.commit(put("a/y", 0, later));
        user.commit(put("a/x", 0, sooner));
        auto const stream = user.watch("a/", user.newest());
        CHECK(user.expire(at(1h)) == std::nullopt);
        auto const events = user.drain(*stream);
        REQUIRE(events.size() == 3);
        CHECK(events[0].key == "a/x");
        CHECK(events[1].key == "a/z");
        CHECK(events[0].at == revision{4});
        CHECK(events[1].at == revision{4});
        CHECK(events[2].key == "a/y");
        CHECK(events[2].at == revision{5});
        CHECK(events[2].previous);
        CHECK(user.newest() == revision{5});
        CHECK_FALSE(user.renew(empty, at(1h)));
    });
}

TEST_CASE("renewing starts the span anew, writes nothing, and never shortens it")
{
    for_every_store([](store_under_test& opened) {
        lessee user{opened.store()};
        auto const lease = user.grant(10s, at(0s));
        user.commit(put("a/x", 0, lease));
        CHECK(user.renew(lease, at(8s)));
        CHECK(user.renew(lease, at(3s)));
        CHECK(user.newest() == revision{1});
        CHECK(user.expire(at(17s)) == at(18s));
        CHECK(user.has("a/x"));
        user.expire(at(18s));
        CHECK_FALSE(user.has("a/x"));
    });
}

TEST_CASE("a lease that has ended cannot be renewed, even before its keys are erased")
{
    for_every_store([](store_under_test& opened) {
        lessee user{opened.store()};
        auto const lease = user.grant(10s, at(0s));
        user.commit(put("a/x", 0, lease));
        CHECK_FALSE(user.renew(lease, at(10s)));
        CHECK(user.has("a/x"));
        user.expire(at(10s));
        CHECK_FALSE(user.renew(lease, at(1s)));
        CHECK_FALSE(user.renew(static_cast<lease_id>(99), at(1s)));
        CHECK_FALSE(user.renew(lease_id::none, at(1s)));
    });
}

TEST_CASE("a put moves its key to the lease that it names, or away from any")
{
    for_every_store([](store_under_test& opened) {
        lessee user{opened.store()};
        auto const first = user.grant(1s, at(0s));
        auto const second = user.grant(2s, at(0s));
        for (auto const* const key : {"a/kept", "a/freed", "a/moved", "a/erased"})
            user.commit(put(key, 0, first));
        user.commit(put("a/kept", 1, first));
        user.commit(put("a/freed", 1));
        user.commit(put("a/moved", 1, second));
        user.erase("a/erased");
        user.put("a/erased", 2);
        CHECK(user.expire(at(1s)) == at(2s));
        CHECK_FALSE(user.has("a/kept"));
        CHECK(user.has("a/freed"));
        CHECK(user.has("a/moved"));
        CHECK(user.has("a/erased"));
        user.expire(at(2s));
        CHECK_FALSE(user.has("a/moved"));
        CHECK(user.has("a/freed"));
    });
}

TEST_CASE("a put that names a lease that is not there writes nothing")
{
    for_every_store([](store_under_test& opened) {
        lessee user{opened.store()};
        auto const lease = user.grant(1s, at(0s));
        user.expire(at(1s));
        transaction write = put("a/x", 0);
        write.put("a/y", make_gadget(0), lease);
        CHECK(fails_with(errc::not_found, [&] { user.commit(std::move(write)); }));
        CHECK(user.newest() == revision{});
        CHECK_FALSE(user.has("a/x"));
    });
}

TEST_CASE("a lease needs a span above zero, and may be as good as endless")
{
    for_every_store([](store_under_test& opened) {
        lessee user{opened.store()};
        CHECK(fails_with(errc::invalid, [&] { user.grant(0s, at(0s)); }));
        CHECK(fails_with(errc::invalid, [&] { user.grant(-1s, at(0s)); }));
        auto const endless = user.grant(duration::max(), at(1h));
        user.commit(put("a/x", 0, endless));
        user.expire(at(1000h));
        CHECK(user.has("a/x"));
        CHECK(user.renew(endless, at(1000h)));
    });
}

TEST_CASE("the end of a lease wakes those who watch its keys")
{
    for_every_store([](store_under_test& opened) {
        lessee user{opened.store()};
        auto const lease = user.grant(1s, at(0s));
        user.commit(put("a/x", 0, lease));
        auto const stream = user.watch("a/x", user.newest());
        auto const waiting = user.start(*stream);
        user.expire(at(1s));
        user.poll();
        REQUIRE(waiting->done);
        CHECK_FALSE(waiting->batch->events[0].current);
    });
}
