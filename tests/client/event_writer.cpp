// SPDX-License-Identifier: BSL-1.0
#include <converge/client/event_writer.hpp>

#include "../api/session.hpp"

#include <converge/async/block_on.hpp>

#include <thread>

using namespace converge;
using namespace api_test;
using namespace std::chrono_literals;

namespace {

struct recording : session {
    recording() : about{create(site_named("blog"))} {}

    void record(std::string message, std::string reason = "Scaled")
    {
        run(client.as("scaler").record(*about, "Normal", std::move(reason), std::move(message)));
    }
    object_list<event> events() { return list<event>(); }

    object_ptr<site> about;
};

task<> record_many(client through, std::string name, int times)
{
    object<site> about{std::move(name)};
    for (int i = 0; i < times; ++i) {
        about.metadata.uid = uid{about.metadata.name + std::to_string(i)};
        co_await through.record(about, "Normal", "Scaled", "to 3 replicas");
    }
}

} // namespace

TEST_CASE("a fact becomes an event that names object, reason, message, time and component")
{
    recording user;
    user.record("to 3 replicas");
    auto const events = user.events();
    REQUIRE(events.size() == 1);
    auto const& told = events[0]->content;
    CHECK(events[0]->metadata.namespace_ == "default");
    CHECK(events[0]->metadata.name.starts_with("blog."));
    CHECK(told.involved_object.api_version == "test.converge.dev/v1");
    CHECK(told.involved_object.kind == "Site");
    CHECK(told.involved_object.name == "blog");
    CHECK(told.involved_object.namespace_ == "default");
    CHECK(told.involved_object.uid == user.about->metadata.uid);
    CHECK(told.reason == "Scaled");
    CHECK(told.message == "to 3 replicas");
    CHECK(told.type == "Normal");
    CHECK(told.count == 1);
    CHECK(told.source.component == "scaler");
    CHECK(told.reporting_component == "scaler");
    CHECK(told.first_timestamp);
    CHECK(told.last_timestamp == told.first_timestamp);
}

TEST_CASE("an event about a cluster-scoped object is in the default namespace")
{
    recording user;
    auto const about = user.create(object<machine>{"m1"});
    user.run(user.client.record(*about, "Warning", "Hot", "90 degrees"));
    REQUIRE(user.events().size() == 1);
    CHECK(user.events()[0]->metadata.namespace_ == "default");
    CHECK(user.events()[0]->content.involved_object.namespace_.empty());
}

TEST_CASE("a fact that repeats within five minutes writes nothing")
{
    recording user;
    user.record("to 3 replicas");
    auto const before = user.newest();
    for (int i = 0; i < 10; ++i) {
        user.advance(20s);
        user.record("to 3 replicas");
    }
    CHECK(user.newest() == before);
    user.record("to 4 replicas");
    CHECK(user.events().size() == 2);
}

TEST_CASE("a fact that repeats after five minutes raises the count of its event")
{
    recording user;
    user.record("to 3 replicas");
    user.record("to 3 replicas");
    user.advance(6min);
    user.record("to 3 replicas");
    auto const events = user.events();
    REQUIRE(events.size() == 1);
    CHECK(events[0]->content.count == 3);
    CHECK(*events[0]->content.last_timestamp - *events[0]->content.first_timestamp == 6min);
}

TEST_CASE("an event that expired meanwhile is written again, with the whole count")
{
    recording user;
    user.record("to 3 replicas");
    user.remove(user.events()[0]->key());
    user.advance(6min);
    user.record("to 3 replicas");
    auto const events = user.events();
    REQUIRE(events.size() == 1);
    CHECK(events[0]->content.count == 2);
}

TEST_CASE("a new run of a program adds to the event that the last run left")
{
    recording user;
    user.record("to 3 replicas");
    client const restarted{user.server};
    user.run(restarted.as("scaler").record(*user.about, "Normal", "Scaled", "to 3 replicas"));
    auto const events = user.events();
    REQUIRE(events.size() == 1);
    CHECK(events[0]->content.count == 2);
}

TEST_CASE("an event goes an hour after it was last written")
{
    recording user;
    user.housekeep();
    user.record("to 3 replicas");
    user.advance(40min);
    user.record("to 3 replicas");
    user.advance(50min);
    REQUIRE(user.events().size() == 1);
    CHECK(user.events()[0]->content.count == 2);
    user.advance(11min);
    CHECK(user.events().empty());
    CHECK(user.store->stats().leases == 0);
}

TEST_CASE("a task that records needs no client that lives on")
{
    recording user;
    auto recording = client{user.server}.record(*user.about, "Normal", "Scaled", "to 3 replicas");
    user.run(std::move(recording));
    CHECK(user.events().size() == 1);
}

TEST_CASE("copies of a client may record on several threads at once")
{
    memory_store store;
    client const shared{store};
    constexpr int times = 2'000;
    std::thread other{[&] { block_on(record_many(shared, "a", times)); }};
    block_on(record_many(shared, "b", times));
    other.join();
    session user;
    client const reader{store};
    CHECK(user.run(reader.list<event>()).size() == 2 * times);
}

TEST_CASE("recording never fails for a refusal of the api")
{
    recording user;
    user.server->hooks().add(type_of<event>(), [](admission_review&) -> result<void> {
        return failure{errc::forbidden, "no events"};
    });
    user.record("to 3 replicas");
    CHECK(user.events().empty());
}
