// SPDX-License-Identifier: BSL-1.0
#include <converge/store/history_limits.hpp>

#include "store_under_test.hpp"

#include <atomic>
#include <memory>

using namespace converge;
using namespace store_test;
using namespace std::chrono_literals;

namespace {

history_limits limits(std::size_t events, duration age = {}, std::size_t bytes = 1u << 30)
{
    history_limits made;
    made.events = events;
    made.age = age;
    made.bytes = bytes;
    return made;
}

void fill(session& user, int count, int keys)
{
    for (int i = 0; i < count; ++i)
        user.put("a/" + std::to_string(i % keys), i);
}

std::size_t remembered(store_under_test& opened) { return opened.store().stats().history_events; }

} // namespace

TEST_CASE("the history is bounded by count")
{
    for_every_store(
        [](store_under_test& opened) {
            session user{opened.store()};
            fill(user, 1000, 20);
            auto const stats = opened.store().stats();
            CHECK(stats.history_events == 10);
            CHECK(stats.compacted == revision{991});
            CHECK(stats.keys == 20);
            CHECK(user.list("a/19", revision{991}).entries[0].version == 49);
            CHECK(fails_with(errc::gone, [&] { user.list("a/19", revision{990}); }));
        },
        limits(10));
}

TEST_CASE("the history is bounded by bytes, however young")
{
    for_every_store(
        [](store_under_test& opened) {
            session user{opened.store()};
            user.run(user.store().housekeep(instant{} + 1h));
            fill(user, 1000, 20);
            auto const stats = opened.store().stats();
            CHECK(stats.history_bytes <= 50'000);
            CHECK(stats.history_events > 10);
            CHECK(stats.history_events < 1000);
        },
        limits(1'000'000, 1h, 50'000));
}

TEST_CASE("what is younger than the age is remembered beyond the count, and what is older is not")
{
    for_every_store(
        [](store_under_test& opened) {
            session user{opened.store()};
            auto const time_is = [&user](duration since) {
                user.run(user.store().housekeep(instant{} + 100h + since));
            };
            time_is(0min);
            fill(user, 50, 5);
            time_is(30min);
            fill(user, 50, 5);
            CHECK(remembered(opened) == 100);
            time_is(59min);
            CHECK(remembered(opened) == 100);
            CHECK(user.list("a/", revision{1}).entries.size() == 1);
            time_is(92min);
            CHECK(remembered(opened) == 50);
            CHECK(fails_with(errc::gone, [&] { user.list("a/", revision{50}); }));
            time_is(10h);
            CHECK(remembered(opened) == 10);
            fill(user, 30, 5);
            CHECK(remembered(opened) == 30);
            CHECK(user.list("a/").entries.size() == 5);
        },
        limits(10, 1h));
}

TEST_CASE("time that stands still or goes back makes nothing old")
{
    for_every_store(
        [](store_under_test& opened) {
            session user{opened.store()};
            for (auto const since : {50h, 50h, 1h, 49h, 50h, 2h}) {
                user.run(user.store().housekeep(instant{} + since));
                fill(user, 20, 5);
            }
            CHECK(remembered(opened) == 120);
        },
        limits(10, 1h));
}

TEST_CASE("the newest revision stays in the history whatever its size")
{
    for_every_store(
        [](store_under_test& opened) {
            session user{opened.store()};
            fill(user, 10, 10);
            transaction wide;
            for (int i = 0; i < 1000; ++i)
                wide.put("a/" + std::to_string(i), make_gadget(i));
            auto const at = user.commit(std::move(wide)).at;
            auto const stream = user.watch("a/", revision{at.value() - 1});
            CHECK(user.drain(*stream).size() == 1000);
            fill(user, 20, 20);
            CHECK(remembered(opened) == 4);
        },
        limits(4));
}

TEST_CASE("superseded and erased objects are freed when they leave the history")
{
    for_every_store(
        [](store_under_test& opened) {
            session user{opened.store()};
            user.put("a/x", 1);
            user.put("a/y", 1);
            std::weak_ptr<void const> const superseded = user.get("a/x")->value.share();
            std::weak_ptr<void const> const erased = user.get("a/y")->value.share();
            user.put("a/x", 2);
            user.erase("a/y");
            fill(user, 5, 5);
            CHECK_FALSE(superseded.expired());
            CHECK_FALSE(erased.expired());
            CHECK(opened.store().stats().erased_keys == 1);
            fill(user, 10, 5);
            CHECK(superseded.expired());
            CHECK(erased.expired());
            CHECK(opened.store().stats().erased_keys == 0);
            CHECK(opened.store().stats().keys == 6);
        },
        limits(8));
}

TEST_CASE("objects are destroyed without the lock: their end may use the store")
{
    for_every_store(
        [](store_under_test& opened) {
            std::atomic<std::size_t> destroyed = 0;
            auto const store = opened.store();
            auto const watched = [&](int size) {
                auto* const made = new object<gadget>("gadget");
                made->spec.size = size;
                return draft_object{type_of<gadget>(),
                                    std::shared_ptr<void>{made, [&](object<gadget>* dying) {
                                                              (void)store.stats();
                                                              ++destroyed;
                                                              delete dying;
                                                          }}};
            };
            session user{store};
            auto const lease = user.run(store.grant_lease(1s, instant{}));
            for (int i = 0; i < 20; ++i) {
                transaction write;
                write.put("a/x", watched(i)).put("a/y", watched(i), lease);
                // The branch that is not taken is destroyed as well.
                write.otherwise.push_back(operation::put("a/z", watched(i)));
                user.commit(std::move(write));
            }
            user.run(store.housekeep(instant{} + 2s));
            user.erase("a/x");
            opened.compact(user.newest());
            fill(user, 10, 1);
            CHECK(destroyed == 60);
        },
        limits(4));
}
