// SPDX-License-Identifier: BSL-1.0
#include <converge/client/client.hpp>

#include <converge/async/wake.hpp>

#include "../api/session.hpp"

#include <converge/async/block_on.hpp>

#include <algorithm>

using namespace converge;
using namespace api_test;
using namespace std::chrono_literals;

namespace {

bool is_ready(object<site> const& of) { return of.status.ready == of.spec.replicas; }

task<> wait_ready(client through, key<site> id, object_ptr<site>& into)
{
    into = co_await through.wait_until(std::move(id), is_ready);
}

bool is_there(object<machine> const&) { return true; }

task<> wait_for_machine(client through)
{
    key<machine> id{"m1"};
    co_await through.wait_until(std::move(id), is_there);
}

task<> apply_and_find(client through, object_ptr<site>& found)
{
    auto const applied = co_await through.apply(site_named("blog"));
    found = co_await through.find(applied->key());
}

/// Lets a test decide when a watch hears of anything: the history may move on meanwhile.
struct slow_watch : watch_stream {
    slow_watch(std::unique_ptr<watch_stream> of, std::shared_ptr<wake> bell)
        : from{std::move(of)},
          ring{std::move(bell)}
    {}
    task<watch_batch> next() override
    {
        co_await ring->wait();
        co_return co_await from->next();
    }
    revision through() const override { return from->through(); }

    std::unique_ptr<watch_stream> from;
    std::shared_ptr<wake> ring;
};

struct slow_transport : transport {
    explicit slow_transport(std::shared_ptr<transport> to) : target{std::move(to)} {}

    task<response> send(request what) override { return target->send(std::move(what)); }
    std::unique_ptr<watch_stream> watch(watch_request what) override
    {
        ++watches;
        return std::make_unique<slow_watch>(target->watch(std::move(what)), ring);
    }

    std::shared_ptr<transport> target;
    std::shared_ptr<wake> ring = std::make_shared<wake>();
    int watches = 0;
};

void report_ready(session& user)
{
    auto next = *user.find(site_key("blog"));
    next.status.ready = next.spec.replicas;
    user.update_status(next);
}

} // namespace

TEST_CASE("a client of a store has the whole api")
{
    memory_store store;
    client const api{store};
    object_ptr<site> found;
    CHECK(block_on(apply_and_find(api, found)) == 0);
    REQUIRE(found != nullptr);
    CHECK(found->metadata.generation == 1);
    CHECK(store.newest() == revision{1});
}

TEST_CASE("find gives nothing for what is not there, get refuses and names it")
{
    session user;
    CHECK(user.find(site_key("blog")) == nullptr);
    auto const refused = refusal_of([&] { return user.run(user.client.get(site_key("blog"))); });
    CHECK(refused.is(errc::not_found));
    CHECK(refused.what() == "Site default/blog: there is no such object");
    auto const cluster = refusal_of([&] { return user.run(user.client.get(key<machine>{"m1"})); });
    CHECK(cluster.what() == "Machine m1: there is no such object");
    auto const made = user.create(site_named("blog"));
    CHECK(user.run(user.client.get(site_key("blog"))) == made);
}

TEST_CASE("a listed object is the one that get gives")
{
    session user;
    auto const made = user.create(site_named("blog"));
    auto const all = user.list<site>();
    REQUIRE(all.size() == 1);
    CHECK(all[0] == made);
}

TEST_CASE("wait_until returns at once what holds already")
{
    session user;
    user.create(site_named("blog", 0));
    object_ptr<site> seen;
    user.run(wait_ready(user.client, site_key("blog"), seen));
    CHECK(seen == user.find(site_key("blog")));
}

TEST_CASE("wait_until waits for the object, then for what shall hold of it")
{
    session user;
    object_ptr<site> seen;
    auto const waiting = user.start(wait_ready(user.client, site_key("blog"), seen));
    user.create(site_named("other", 0));
    user.create(object<site>{in_namespace{"prod"}, "blog", site::spec{.replicas = 0}});
    user.create(site_named("blog"));
    CHECK_FALSE(waiting->done);
    report_ready(user);
    REQUIRE(waiting->done);
    CHECK(seen->status.ready == 1);
}

TEST_CASE("wait_until goes on when the object is deleted and created again")
{
    session user;
    user.create(site_named("blog"));
    object_ptr<site> seen;
    auto const waiting = user.start(wait_ready(user.client, site_key("blog"), seen));
    user.remove(site_key("blog"));
    auto const second = user.create(site_named("blog"));
    CHECK_FALSE(waiting->done);
    report_ready(user);
    REQUIRE(waiting->done);
    CHECK(seen->metadata.uid == second->metadata.uid);
}

TEST_CASE("wait_until waits for cluster-scoped objects too")
{
    session user;
    auto const waiting = user.start(wait_for_machine(user.client));
    user.create(object<machine>{"m1"});
    CHECK(waiting->done);
}

TEST_CASE("wait_until that fell behind the history goes on")
{
    memory_store_options options;
    options.history.events = 2;
    session user{std::make_shared<memory_store>(options)};
    auto const slow = std::make_shared<slow_transport>(user.server);
    user.create(site_named("blog"));
    object_ptr<site> seen;
    auto const waiting = user.start(wait_ready(client{slow}, site_key("blog"), seen));
    report_ready(user);
    for (int i = 0; i < 10; ++i)
        user.create(object<note>{"n" + std::to_string(i)});
    CHECK_FALSE(waiting->done);
    slow->ring->notify_all();
    user.settle();
    REQUIRE(waiting->done);
    CHECK(waiting->failure == nullptr);
    CHECK(seen->status.ready == 1);
    CHECK(slow->watches == 1);
}

TEST_CASE("wait_gone returns at once for what is not there, and waits for what is")
{
    session user;
    user.run(user.client.wait_gone(site_key("blog")));
    auto held = site_named("blog");
    held.metadata.finalizers = {"test/hold"};
    user.create(held);
    auto const waiting = user.start(user.client.wait_gone(site_key("blog")));
    user.remove(site_key("blog"));
    CHECK_FALSE(waiting->done);
    user.patch(site_key("blog"), R"({"metadata": {"finalizers": null}})");
    CHECK(waiting->done);
}

TEST_CASE("wait_gone sees that an object was gone though it was created again at once")
{
    session user;
    auto const slow = std::make_shared<slow_transport>(user.server);
    user.create(site_named("blog"));
    auto const waiting = user.start(client{slow}.wait_gone(site_key("blog")));
    user.remove(site_key("blog"));
    user.create(site_named("blog"));
    CHECK_FALSE(waiting->done);
    slow->ring->notify_all();
    user.settle();
    CHECK(waiting->done);
    CHECK(waiting->failure == nullptr);
}

TEST_CASE("a wait that is cancelled ends")
{
    session user;
    auto const waiting = user.start(user.client.wait_gone(user.create(site_named("blog"))->key()));
    waiting->cancel.emit(boost::asio::cancellation_type::terminal);
    user.settle();
    CHECK(waiting->done);
    CHECK(waiting->failure != nullptr);
}

TEST_CASE("apply writes in the name of the client, or of the one that the call names")
{
    session user;
    auto const manager_of = [](object_ptr<site> const& of) {
        return of->metadata.managed_fields.at(0).manager;
    };
    CHECK(manager_of(user.run(user.client.apply(site_named("a")))) == "converge");
    CHECK(manager_of(user.run(user.client.as("me").apply(site_named("b")))) == "me");
    auto how = write_options{}.as("you");
    CHECK(manager_of(user.run(user.client.as("me").apply(site_named("c"), how))) == "you");
}

TEST_CASE("a write log notes the newest revision that was written of each kind, and no other")
{
    session user;
    auto const log = std::make_shared<write_log>();
    auto const noting = user.client.noting(log);
    auto const newest = [&](resource_type const& type) {
        auto const found = std::ranges::find(log->kinds(), &type, &write_log::range::type);
        return found == log->kinds().end() ? revision{} : found->newest;
    };
    user.create(site_named("other"));
    user.run(noting.find(site_key("other")));
    user.run(noting.list<site>());
    user.run(noting.create(site_named("dry"), write_options{}.dry_run()));
    CHECK(log->empty());
    auto next = *user.run(noting.create(site_named("blog")));
    CHECK(newest(type_of<site>()) == revision{2});
    user.run(noting.create(object<note>{"n"}));
    CHECK(newest(type_of<note>()) == revision{3});
    user.run(noting.update(next));
    CHECK(newest(type_of<site>()) == revision{2});
    next.status.ready = 1;
    user.run(noting.update_status(next));
    CHECK(newest(type_of<site>()) == revision{4});
    user.run(noting.patch(site_key("blog"), boost::json::parse(R"({"spec":{"replicas":2}})")));
    CHECK(newest(type_of<site>()) == revision{5});
    user.run(noting.remove(site_key("blog")));
    CHECK(newest(type_of<site>()) == revision{6});
    CHECK(newest(type_of<site>()) == user.newest());
    CHECK(log->kinds().front().oldest == revision{2});
    CHECK(log->notes().size() == 5);
    CHECK(log->notes().back().what == verb::remove);
    CHECK(log->notes().back().object.key() == site_key("blog"));
    log->clear();
    CHECK(log->empty());
}
