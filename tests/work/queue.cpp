// SPDX-License-Identifier: BSL-1.0
#include <converge/work/queue.hpp>

#include <converge/core/key.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using converge::cause;
using converge::cause_kind;
using converge::delay_mode;
using converge::duration;
using converge::instant;
using converge::keyed_queue;
using converge::object_ref;
using converge::revision;
using converge::stop_mode;

using queue = keyed_queue<std::string>;

instant at(duration since_start) { return instant{since_start}; }

/// Everything that can be taken at `now`, in order, none of it finished.
std::vector<std::string> take_all(queue& work, instant now = at(0s))
{
    std::vector<std::string> keys;
    while (auto next = work.take(now))
        keys.push_back(next->key);
    return keys;
}

using keys = std::vector<std::string>;

} // namespace

TEST_CASE("Q1 a key that is added many times waits once")
{
    queue work;
    CHECK(work.add("a", cause_kind::changed));
    CHECK_FALSE(work.add("a", cause_kind::changed));
    work.add_at("a", cause_kind::requeue, at(5s));
    CHECK(work.ready() == 1);
    CHECK(work.delayed() == 0);
    CHECK(take_all(work, at(10s)) == keys{"a"});
}

TEST_CASE("Q1 a delayed key that is added becomes ready and loses its delay")
{
    queue work;
    work.add_at("a", cause_kind::requeue, at(5s));
    CHECK(work.add("a", cause_kind::changed));
    CHECK(work.delayed() == 0);
    CHECK_FALSE(work.next_due());
    auto const run = work.take(at(0s));
    REQUIRE(run);
    CHECK(run->causes.contains(cause_kind::requeue));
    CHECK(run->causes.contains(cause_kind::changed));
    work.done("a");
    CHECK(work.idle());
    CHECK_FALSE(work.take(at(10s)));
}

TEST_CASE("Q2 a key is not handed out while it is being processed")
{
    queue work;
    work.add("a", cause_kind::changed);
    CHECK(take_all(work) == keys{"a"});
    CHECK(work.add("a", cause_kind::changed));
    work.add_at("a", cause_kind::requeue, at(0s));
    CHECK_FALSE(work.take(at(1h)));
    work.done("a");
    CHECK(take_all(work) == keys{"a"});
}

TEST_CASE("Q3 adds while a key is processed make exactly one more run")
{
    queue work;
    work.add("a", cause_kind::changed);
    CHECK(take_all(work) == keys{"a"});
    CHECK(work.add("a", cause{cause_kind::changed, revision{7}}));
    CHECK_FALSE(work.add("a", cause_kind::owned));
    work.done("a");
    auto const again = work.take(at(0s));
    REQUIRE(again);
    CHECK(again->causes.contains(cause_kind::changed));
    CHECK(again->causes.contains(cause_kind::owned));
    CHECK(again->causes.count() == 2);
    CHECK(again->causes.at() == revision{7});
    work.done("a");
    CHECK(work.idle());
}

TEST_CASE("Q3 a time set while a key is processed counts after done, the earliest of several")
{
    queue work;
    work.add("a", cause_kind::changed);
    CHECK(take_all(work) == keys{"a"});
    work.add_at("a", cause_kind::requeue, at(9s));
    work.add_at("a", cause_kind::resync, at(4s));
    work.add_at("a", cause_kind::requeue, at(6s));
    CHECK_FALSE(work.next_due());
    work.done("a");
    CHECK(work.next_due() == at(4s));
    CHECK_FALSE(work.take(at(4s) - 1ns));
    CHECK(take_all(work, at(4s)) == keys{"a"});
}

TEST_CASE("Q4 keys of one priority come out in the order in which they went in")
{
    queue work;
    for (auto const* key : {"c", "a", "b"})
        work.add(key, cause_kind::changed);
    work.add("c", cause_kind::changed);
    CHECK(take_all(work) == keys{"c", "a", "b"});
}

TEST_CASE("Q4 a higher priority comes first, and a raised key goes to the end of its new level")
{
    queue work;
    work.add("low", cause_kind::initial, -100);
    work.add("a", cause_kind::changed);
    work.add("high", cause_kind::changed, 10);
    work.add("b", cause_kind::changed);
    work.add("low", cause_kind::changed);
    work.add("c", cause_kind::changed);
    CHECK(take_all(work) == keys{"high", "a", "b", "low", "c"});
}

TEST_CASE("Q4 delayed keys become ready in the order of their times, equal ones as they came")
{
    queue work;
    work.add_at("late", cause_kind::requeue, at(3s));
    work.add_at("x", cause_kind::requeue, at(2s));
    work.add_at("early", cause_kind::requeue, at(1s));
    work.add_at("y", cause_kind::requeue, at(2s));
    work.add("now", cause_kind::changed);
    CHECK(take_all(work, at(3s)) == keys{"now", "early", "x", "y", "late"});
}

TEST_CASE("Q5 merging takes the highest priority and the earliest time and lowers nothing")
{
    queue work;
    work.add_at("a", cause_kind::requeue, at(5s), 3);
    work.add_at("a", cause_kind::requeue, at(8s), 7);
    work.add_at("a", cause_kind::requeue, at(6s), 1);
    CHECK(work.next_due() == at(5s));
    auto const delayed = work.take(at(5s));
    REQUIRE(delayed);
    CHECK(delayed->priority == 7);
    work.done("a");

    work.add("a", cause_kind::changed, 2);
    work.add("a", cause_kind::changed, -2);
    auto const ready = work.take(at(5s));
    REQUIRE(ready);
    CHECK(ready->priority == 2);
}

TEST_CASE("Q5 a new run does not inherit the priority of the last one")
{
    queue work;
    work.add("a", cause_kind::changed, 9);
    CHECK(take_all(work) == keys{"a"});
    work.add("a", cause_kind::changed, 1);
    work.done("a");
    auto const next = work.take(at(0s));
    REQUIRE(next);
    CHECK(next->priority == 1);
}

TEST_CASE("Q6 a held key does not block those behind it")
{
    queue work;
    work.add("held", cause_kind::changed, 5);
    CHECK(take_all(work) == keys{"held"});
    work.add("held", cause_kind::changed, 5);
    work.add("other", cause_kind::changed);
    CHECK(take_all(work) == keys{"other"});
}

TEST_CASE("Q7 ready counts neither delayed keys nor those being processed")
{
    queue work;
    work.add("a", cause_kind::changed);
    work.add("b", cause_kind::changed);
    work.add_at("c", cause_kind::requeue, at(1s));
    CHECK(work.take(at(0s)));
    work.add("a", cause_kind::changed);
    CHECK(work.ready() == 1);
    CHECK(work.delayed() == 1);
    CHECK(work.processing() == 1);
    work.advance(at(1s));
    CHECK(work.ready() == 2);
    CHECK(work.delayed() == 0);
    work.done("a");
    CHECK(work.ready() == 3);
    CHECK(work.processing() == 0);
}

TEST_CASE("Q8 a stopped queue refuses adds, drops what waits, and ends with the work in hand")
{
    queue work;
    work.add("busy", cause_kind::changed, 1);
    CHECK(work.take(at(0s)));
    work.add("busy", cause_kind::changed);
    work.add("ready", cause_kind::changed);
    work.add_at("delayed", cause_kind::requeue, at(1s));

    work.stop();
    CHECK(work.stopped());
    CHECK_FALSE(work.add("new", cause_kind::changed));
    work.add_at("new", cause_kind::requeue, at(0s));
    work.retry("busy", cause_kind::retry, at(0s), 0s);
    CHECK(work.ready() == 0);
    CHECK(work.delayed() == 0);
    CHECK_FALSE(work.idle());
    work.done("busy");
    CHECK(work.idle());
    CHECK_FALSE(work.take(at(1h)));
}

TEST_CASE("Q8 a draining queue hands out what was ready or marked, but nothing delayed")
{
    queue work;
    work.add("busy", cause_kind::changed, 1);
    work.add("timed", cause_kind::changed, 1);
    CHECK(take_all(work) == keys{"busy", "timed"});
    work.add("busy", cause_kind::changed);
    work.add_at("timed", cause_kind::requeue, at(0s));
    work.add("ready", cause_kind::changed);
    work.add_at("delayed", cause_kind::requeue, at(0s));

    work.stop(stop_mode::drain);
    CHECK_FALSE(work.add("new", cause_kind::changed));
    work.done("busy");
    work.done("timed");
    CHECK(take_all(work, at(1h)) == keys{"ready", "busy"});
    work.done("ready");
    work.done("busy");
    CHECK(work.idle());
}

TEST_CASE("Q8 a drain can be cut short")
{
    queue work;
    work.add("a", cause_kind::changed);
    work.stop(stop_mode::drain);
    CHECK(work.ready() == 1);
    work.stop(stop_mode::drop);
    CHECK(work.idle());
}

TEST_CASE("Q9 forget clears the attempts and nothing else")
{
    queue work;
    work.add("a", cause_kind::changed);
    CHECK(work.take(at(0s)));
    work.retry("a", cause_kind::retry, at(0s), 5s);
    work.done("a");
    CHECK(work.attempts("a") == 1);
    work.forget("a");
    CHECK(work.attempts("a") == 0);
    CHECK(work.next_due() == at(5s));
    auto const run = work.take(at(5s));
    REQUIRE(run);
    CHECK(run->attempt == 0);
}

TEST_CASE("R5 each failed attempt is counted until the key is forgotten")
{
    queue work;
    work.add("a", cause_kind::changed);
    auto now = at(0s);
    for (unsigned failed = 0; failed < 4; ++failed) {
        auto const run = work.take(now);
        REQUIRE(run);
        CHECK(run->attempt == failed);
        work.retry("a", cause_kind::retry, now, 1s);
        work.done("a");
        now += 1s;
    }
    CHECK(work.take(now));
    work.forget("a");
    work.done("a");
    work.add("a", cause_kind::changed);
    auto const fresh = work.take(now);
    REQUIRE(fresh);
    CHECK(fresh->attempt == 0);
}

TEST_CASE("R6 a retry keeps the priority of the run that failed")
{
    queue work;
    work.add("a", cause_kind::initial, -100);
    CHECK(work.take(at(0s)));
    work.retry("a", cause_kind::retry, at(0s), 1s);
    work.done("a");
    auto const run = work.take(at(1s));
    REQUIRE(run);
    CHECK(run->priority == -100);
}

TEST_CASE("R8 an event during backoff runs at once, and its failure leaves count and deadline")
{
    queue work;
    work.add("a", cause_kind::changed);
    CHECK(work.take(at(0s)));
    work.retry("a", cause_kind::retry, at(0s), 10s);
    work.done("a");

    for (auto now = at(1s); now < at(10s); now += 1s) {
        CHECK_FALSE(work.take(now));
        CHECK(work.add("a", cause_kind::changed));
        auto const early = work.take(now);
        REQUIRE(early);
        CHECK(early->attempt == 1);
        work.retry("a", cause_kind::retry, now, 1h);
        work.done("a");
        CHECK(work.attempts("a") == 1);
        CHECK(work.next_due() == at(10s));
    }

    CHECK(work.take(at(10s)));
    work.retry("a", cause_kind::retry, at(10s), 20s);
    work.done("a");
    CHECK(work.attempts("a") == 2);
    CHECK(work.next_due() == at(30s));
}

TEST_CASE("R8 an event while the failing run is in progress runs it again at once")
{
    queue work;
    work.add("a", cause_kind::changed);
    CHECK(work.take(at(0s)));
    work.add("a", cause_kind::changed);
    work.retry("a", cause_kind::retry, at(1s), 10s);
    work.done("a");
    auto const early = work.take(at(1s));
    REQUIRE(early);
    CHECK(early->attempt == 1);
    work.retry("a", cause_kind::retry, at(2s), 10s);
    work.done("a");
    CHECK(work.attempts("a") == 1);
    CHECK(work.next_due() == at(11s));
}

TEST_CASE("R8 a time before the deadline runs a key sooner, and leaves count and deadline")
{
    queue work;
    work.add("a", cause_kind::changed);
    REQUIRE(work.take(at(0s)));
    work.retry("a", cause_kind::retry, at(0s), 60s);
    work.done("a");
    // A change runs it; that run lost to another writer, and shall be tried again at once.
    work.add("a", cause_kind::changed);
    REQUIRE(work.take(at(10s)));
    work.add_at("a", cause_kind::retry, at(10s) + 1ms);
    work.done("a");
    CHECK(work.next_due() == at(10s) + 1ms);
    auto const again = work.take(at(11s));
    REQUIRE(again);
    CHECK(again->attempt == 1);
    work.retry("a", cause_kind::retry, at(11s), 1s);
    work.done("a");
    CHECK(work.next_due() == at(60s));
    CHECK(work.attempts("a") == 1);
}

TEST_CASE("a success during backoff leaves no retry behind")
{
    queue work;
    work.add("a", cause_kind::changed);
    CHECK(work.take(at(0s)));
    work.retry("a", cause_kind::retry, at(0s), 10s);
    work.done("a");
    work.add("a", cause_kind::changed);
    CHECK(work.take(at(1s)));
    work.forget("a");
    work.done("a");
    CHECK(work.idle());
}

TEST_CASE("a delay can be cancelled, and so moved back")
{
    queue work;
    CHECK_FALSE(work.cancel_delayed("a"));
    work.add_at("a", cause_kind::requeue, at(1s));
    work.add_at("b", cause_kind::requeue, at(2s));
    CHECK(work.cancel_delayed("a"));
    CHECK_FALSE(work.cancel_delayed("a"));
    CHECK(work.next_due() == at(2s));
    work.add_at("a", cause_kind::resync, at(5s));
    CHECK(take_all(work, at(4s)) == keys{"b"});
    auto const run = work.take(at(5s));
    REQUIRE(run);
    CHECK_FALSE(run->causes.contains(cause_kind::requeue));
}

TEST_CASE("a delay set while the key is processed can be cancelled, a marked run cannot")
{
    queue work;
    work.add("a", cause_kind::changed);
    CHECK(work.take(at(0s)));
    work.add_at("a", cause_kind::requeue, at(1s));
    CHECK(work.cancel_delayed("a"));
    work.add("a", cause_kind::changed);
    CHECK_FALSE(work.cancel_delayed("a"));
    work.done("a");
    CHECK(work.ready() == 1);
    CHECK(work.delayed() == 0);
}

TEST_CASE("a time that replaces moves a delayed key sooner or later, and merges all else")
{
    queue work;
    work.add_at("a", cause_kind::requeue, at(5s), 2);
    work.add_at("a", cause_kind::resync, at(9s), 1, delay_mode::replace);
    CHECK(work.next_due() == at(9s));
    work.add_at("a", cause_kind::resync, at(3s), 1, delay_mode::replace);
    CHECK(work.next_due() == at(3s));
    auto const run = work.take(at(3s));
    REQUIRE(run);
    CHECK(run->priority == 2);
    CHECK(run->causes.count() == 3);

    work.add_at("a", cause_kind::requeue, at(5s));
    work.add_at("a", cause_kind::requeue, at(8s), 0, delay_mode::replace);
    work.done("a");
    CHECK(work.next_due() == at(8s));
}

TEST_CASE("a key that is ready, or was added during its run, is not put off by any time")
{
    queue work;
    work.add("a", cause_kind::changed);
    work.add_at("a", cause_kind::requeue, at(9s), 4, delay_mode::replace);
    work.add_debounced("a", cause_kind::watched, at(0s), 5s, 9s);
    auto const run = work.take(at(0s));
    REQUIRE(run);
    CHECK(run->priority == 4);
    CHECK(run->causes.count() == 3);
    work.add("a", cause_kind::changed);
    work.add_at("a", cause_kind::requeue, at(9s), 7, delay_mode::replace);
    work.add_debounced("a", cause_kind::watched, at(0s), 5s, 9s);
    work.done("a");
    CHECK_FALSE(work.next_due());
    auto const again = work.take(at(0s));
    REQUIRE(again);
    CHECK(again->priority == 7);
    CHECK(again->causes.count() == 3);
}

TEST_CASE("a debounced key waits for quiet, but not beyond its limit")
{
    queue work;
    for (auto now = at(0s); now <= at(8s); now += 2s) {
        CHECK_FALSE(work.take(now));
        work.add_debounced("a", cause_kind::changed, now, 3s, 10s);
        CHECK(work.next_due() == std::min(now + 3s, at(10s)));
    }
    auto const run = work.take(at(10s));
    REQUIRE(run);
    CHECK(run->causes.count() == 5);
    // During the run the limit counts from the first event after `take`.
    work.add_debounced("a", cause_kind::changed, at(11s), 3s, 4s);
    work.add_debounced("a", cause_kind::changed, at(13s), 3s, 4s);
    work.done("a");
    CHECK(work.next_due() == at(15s));
    CHECK(work.cancel_delayed("a"));
    work.add_debounced("a", cause_kind::changed, at(14s), 3s, 4s);
    CHECK(work.next_due() == at(17s));
}

TEST_CASE("a debounce does not put off a time that was given, nor a retry")
{
    queue work;
    work.add_at("a", cause_kind::requeue, at(4s));
    work.add_debounced("a", cause_kind::changed, at(1s), 2s, 10s);
    CHECK(work.next_due() == at(3s));
    work.add_debounced("a", cause_kind::changed, at(3s), 2s, 10s);
    CHECK(work.next_due() == at(4s));
    CHECK(work.take(at(4s)));
    work.add_debounced("a", cause_kind::changed, at(4s), 5s, 9s);
    work.retry("a", cause_kind::retry, at(4s), 7s);
    work.add_debounced("a", cause_kind::changed, at(8s), 5s, 9s);
    work.done("a");
    CHECK(work.next_due() == at(11s));
}

TEST_CASE("a debounce of no time at all is an add, and one without end is quiet alone")
{
    queue work;
    work.add_debounced("a", cause_kind::changed, at(1s), 0s, 5s);
    work.add_debounced("b", cause_kind::changed, at(1s), 5s, 0s);
    work.add_debounced("c", cause_kind::changed, at(1s), 5s, duration::max());
    CHECK(take_all(work, at(1s)) == keys{"a", "b"});
    CHECK(work.next_due() == at(6s));
}

TEST_CASE("one take in eight yields to a lower priority, unless the queue is told otherwise")
{
    converge::queue_options<std::string> strict;
    strict.yield_every = 0;
    for (bool const is_strict : {false, true}) {
        queue work = is_strict ? queue{strict} : queue{};
        for (auto const* key : {"1", "2", "3", "4", "5", "6", "7", "8", "9"})
            work.add(key, cause_kind::changed);
        work.add("low", cause_kind::initial, -100);
        auto const order = take_all(work);
        REQUIRE(order.size() == 10);
        CHECK(order[is_strict ? 9 : 7] == "low");
    }
}

TEST_CASE(
    "tenants take turns, each key is asked for its tenant once, and a weight is a longer turn")
{
    int asked = 0;
    converge::queue_options<std::string> fair;
    fair.tenant_of = [&asked](std::string const& key) {
        ++asked;
        return std::string_view{key}.substr(0, 1);
    };
    fair.weight_of = [](std::string_view tenant) { return tenant == "b" ? 2u : 0u; };
    queue work{fair};
    for (auto const* key : {"a1", "a2", "a3", "b1", "b2", "b3"})
        work.add(key, cause_kind::changed);
    work.add("c1", cause_kind::changed);
    work.add("a1", cause_kind::changed);
    CHECK(take_all(work) == keys{"a1", "b1", "b2", "c1", "a2", "b3", "a3"});
    CHECK(asked == 7);
    work.add("a1", cause_kind::changed);
    work.done("a1");
    CHECK(asked == 7);
    work.done("b3");
    work.add("b3", cause_kind::changed);
    CHECK(asked == 8);
}

TEST_CASE("a tenant function that throws leaves the queue as it was")
{
    converge::queue_options<std::string> picky;
    picky.tenant_of = [](std::string const& key) -> std::string_view {
        if (key.empty())
            throw std::invalid_argument{"no tenant"};
        return key;
    };
    queue work{picky};
    work.add("a", cause_kind::changed);
    CHECK_THROWS_AS(work.add("", cause_kind::changed), std::invalid_argument);
    CHECK(work.attempts("") == 0);
    work.add("b", cause_kind::changed);
    CHECK(take_all(work) == keys{"a", "b"});
    work.done("a");
    work.done("b");
    CHECK(work.idle());
}

TEST_CASE("a stopped queue of tenants forgets what waits")
{
    converge::queue_options<std::string> fair;
    fair.tenant_of = [](std::string const& key) { return std::string_view{key}.substr(0, 1); };
    queue work{fair};
    for (auto const* key : {"a1", "a2", "b1"})
        work.add(key, cause_kind::changed, key[1] - '0');
    work.add_at("b2", cause_kind::requeue, at(1s));
    work.stop();
    CHECK(work.idle());
}

TEST_CASE("done without take has no effect")
{
    queue work;
    work.add("a", cause_kind::changed);
    work.done("a");
    work.done("unknown");
    CHECK(work.ready() == 1);
    CHECK(work.processing() == 0);
}

TEST_CASE("a delay beyond the end of time is the end of time")
{
    queue work;
    work.retry("a", cause_kind::retry, at(1h), duration::max());
    CHECK(work.next_due() == instant::max());
    CHECK_FALSE(work.take(at(24h)));
}

TEST_CASE("a queue of object keys names the first source of a run")
{
    keyed_queue<converge::object_key> work;
    converge::object_key const blog{"default", "blog"};
    work.add(blog, cause_kind::changed);
    work.add(blog, cause{cause_kind::owned, object_ref{"Pod", "default", "p1"}, revision{57}});
    work.add(blog, cause{cause_kind::owned, object_ref{"Pod", "default", "p2"}, revision{50}});
    auto const run = work.take(at(0s));
    REQUIRE(run);
    CHECK(run->key == blog);
    CHECK(run->causes.str() == "changed+owned from Pod default/p1 at 57 (3 merged)");
}

TEST_CASE("taking into an object that is used again is the same as taking a new one")
{
    queue work;
    work.add("a", cause_kind::changed, 3);
    work.add("b", cause_kind::resync);
    queue::taken run;
    REQUIRE(work.take(at(0s), run));
    CHECK(run.key == "a");
    CHECK(run.priority == 3);
    REQUIRE(work.take(at(0s), run));
    CHECK(run.key == "b");
    CHECK(run.priority == 0);
    CHECK(run.causes.str() == "resync");
    CHECK_FALSE(work.take(at(0s), run));
}

TEST_CASE("a moved queue keeps its keys")
{
    queue from;
    from.add("a", cause_kind::changed);
    from.add_at("b", cause_kind::requeue, at(1s));
    queue to{std::move(from)};
    CHECK(take_all(to, at(1s)) == keys{"a", "b"});
    to.done("a");
    to.done("b");
    CHECK(to.idle());
}

TEST_CASE("what a queue guesses to be taken next is what is taken, as long as nothing else comes")
{
    queue work;
    for (auto const* each : {"a", "b", "c", "d", "e"})
        work.add(each, cause_kind::changed);
    std::vector<std::uint32_t> guessed;
    work.guess_next(3, [&](std::uint32_t hash, unsigned n) {
        CHECK(n == guessed.size() + 1);
        guessed.push_back(hash);
    });
    REQUIRE(guessed.size() == 3);
    for (auto const hash : guessed)
        CHECK(work.take(at(0s))->hash == hash);
}

TEST_CASE("what was taken is done and forgotten by what was handed out")
{
    queue work;
    work.add("a", cause_kind::changed);
    auto const first = work.take(at(0s));
    work.retry("a", cause_kind::retry, at(0s), 1s);
    work.done(*first);
    CHECK(work.attempts("a") == 1);
    auto const second = work.take(at(1s));
    work.forget(*second);
    CHECK(work.attempts("a") == 0);
    work.done(*second);
    CHECK(work.idle());
    work.done(*second);
    CHECK(work.idle());
}
