// SPDX-License-Identifier: BSL-1.0
#include <converge/observe/event_recorder.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

namespace {

using namespace std::chrono_literals;
using converge::event_fact;
using converge::event_limits;
using converge::event_record;
using converge::event_recorder;
using converge::event_write;
using converge::timestamp;
using converge::uid;

static_assert(!std::is_aggregate_v<event_fact> && !std::is_aggregate_v<event_record> &&
              !std::is_aggregate_v<event_limits>);

timestamp at(std::chrono::seconds since_start) { return timestamp{since_start + 1'000'000s}; }

event_fact fact(std::string message = "0/3 nodes are available", std::string pod = "web-1")
{
    return event_fact{{"Pod", "default", std::move(pod)},
                      uid{"u1"},
                      "Warning",
                      "FailedScheduling",
                      std::move(message),
                      "scheduler"};
}

} // namespace

TEST_CASE("the first occurrence of a fact makes an event")
{
    event_recorder recorder;
    auto const written = recorder.record(fact(), at(0s));
    REQUIRE(written);
    CHECK(written->write == event_write::create);
    CHECK(written->count == 1);
    CHECK(written->first == at(0s));
    CHECK(written->last == at(0s));
    CHECK(written->fact.message == "0/3 nodes are available");
}

TEST_CASE("a repeated fact is silent until the quiet time is over, then tells the whole count")
{
    event_recorder recorder;
    auto const created = recorder.record(fact(), at(0s));
    REQUIRE(created);
    for (auto second = 1s; second < 300s; second += 1s)
        REQUIRE_FALSE(recorder.record(fact(), at(second)));
    auto const updated = recorder.record(fact(), at(300s));
    REQUIRE(updated);
    CHECK(updated->write == event_write::update);
    CHECK(updated->name == created->name);
    CHECK(updated->count == 301);
    CHECK(updated->first == at(0s));
    CHECK(updated->last == at(300s));
    CHECK_FALSE(recorder.record(fact(), at(301s)));
}

TEST_CASE("a clock that goes back neither wakes a quiet fact nor moves its last time back")
{
    event_recorder recorder;
    CHECK(recorder.record(fact(), at(1000s)));
    CHECK_FALSE(recorder.record(fact(), at(0s)));
    auto const updated = recorder.record(fact(), at(1300s));
    REQUIRE(updated);
    CHECK(updated->last == at(1300s));
}

TEST_CASE("a clock that was set back does not silence a fact for longer than the quiet time")
{
    event_recorder recorder;
    CHECK(recorder.record(fact(), at(100'000s)));
    CHECK_FALSE(recorder.record(fact(), at(0s)));
    CHECK_FALSE(recorder.record(fact(), at(299s)));
    CHECK(recorder.record(fact(), at(300s)));
}

TEST_CASE("a clock that was set back does not combine facts for longer than the window")
{
    event_recorder recorder{event_limits{5min, 100, 1, 10min}};
    CHECK(recorder.record(fact("one"), at(100'000s)));
    CHECK(recorder.record(fact("two"), at(0s))->fact.message.starts_with("(combined"));
    CHECK(recorder.record(fact("three"), at(600s))->fact.message == "three");
}

TEST_CASE("facts that differ in any part are different events")
{
    event_recorder recorder;
    std::set<std::string> names;
    auto const told = [&](event_fact what) {
        auto const written = recorder.record(std::move(what), at(0s));
        REQUIRE(written);
        CHECK(written->write == event_write::create);
        names.insert(written->name);
    };
    told(fact());
    told(fact("other"));
    auto changed = fact();
    changed.object.kind = "Web";
    told(changed);
    changed = fact();
    changed.object.namespace_ = "other";
    told(changed);
    changed = fact();
    changed.uid = uid{"u2"};
    told(changed);
    changed = fact();
    changed.type = "Normal";
    told(changed);
    changed = fact();
    changed.reason = "Other";
    told(changed);
    changed = fact();
    changed.component = "kubelet";
    told(changed);
    changed = fact();
    changed.reason = "FailedSchedulings";
    changed.component = "cheduler";
    told(changed);
    CHECK(names.size() == 9);
}

TEST_CASE("the name of an event is the same in every run of the program")
{
    event_recorder recorder;
    event_recorder restarted;
    auto const before = recorder.record(fact(), at(0s));
    auto const after = restarted.record(fact(), at(9s));
    REQUIRE(before);
    REQUIRE(after);
    CHECK(before->name == after->name);
    CHECK(before->name == "web-1.1811ac8f7a1f9f59");
    CHECK(after->write == event_write::create);
}

TEST_CASE("the name of an event is a valid name, however long that of the object is")
{
    event_recorder recorder;
    auto const object = std::string(235, 'a') + "." + std::string(17, 'b');
    auto const written = recorder.record(fact("m", object), at(0s));
    REQUIRE(written);
    CHECK(written->name.size() == 235 + 17);
    CHECK(written->name.substr(0, 236) == std::string(235, 'a') + ".");
    CHECK(written->name[236] != '.');
}

TEST_CASE("memory is bounded: the fact that occurred longest ago is forgotten and new again")
{
    event_recorder recorder{event_limits{5min, 2}};
    CHECK(recorder.record(fact("m", "a"), at(0s)));
    CHECK(recorder.record(fact("m", "b"), at(1s)));
    CHECK_FALSE(recorder.record(fact("m", "a"), at(2s)));
    CHECK(recorder.record(fact("m", "c"), at(3s)));
    CHECK_FALSE(recorder.record(fact("m", "a"), at(4s)));
    auto const forgotten = recorder.record(fact("m", "b"), at(5s));
    REQUIRE(forgotten);
    CHECK(forgotten->write == event_write::create);
}

TEST_CASE("more similar facts than the limit share one event, which is quiet like any other")
{
    event_recorder recorder{event_limits{5min, 100, 3, 10min}};
    for (int id = 0; id < 3; ++id)
        CHECK(recorder.record(fact("attempt " + std::to_string(id)), at(1s)));
    auto const combined = recorder.record(fact("attempt 3"), at(2s));
    REQUIRE(combined);
    CHECK(combined->write == event_write::create);
    CHECK(combined->fact.message == "(combined from similar events): attempt 3");
    for (int id = 4; id < 50; ++id)
        CHECK_FALSE(recorder.record(fact("attempt " + std::to_string(id)), at(3s)));
    auto const updated = recorder.record(fact("attempt 50"), at(302s));
    REQUIRE(updated);
    CHECK(updated->write == event_write::update);
    CHECK(updated->name == combined->name);
    CHECK(updated->count == 48);
    CHECK(updated->fact.message == "(combined from similar events): attempt 50");
}

TEST_CASE("similar facts are told apart again in the next window")
{
    event_recorder recorder{event_limits{5min, 100, 1, 10min}};
    CHECK(recorder.record(fact("a"), at(0s)));
    auto const combined = recorder.record(fact("b"), at(1s));
    REQUIRE(combined);
    CHECK(combined->fact.message.starts_with("(combined"));
    auto const later = recorder.record(fact("c"), at(600s));
    REQUIRE(later);
    CHECK(later->fact.message == "c");
}

TEST_CASE("similar facts about different objects are not combined")
{
    event_recorder recorder{event_limits{5min, 100, 1, 10min}};
    for (auto const* pod : {"a", "b", "c"}) {
        auto const written = recorder.record(fact("m", pod), at(0s));
        REQUIRE(written);
        CHECK(written->fact.message == "m");
    }
}
