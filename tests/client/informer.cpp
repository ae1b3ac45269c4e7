// SPDX-License-Identifier: BSL-1.0
#include <converge/client/informer.hpp>

#include "../api/session.hpp"

#include <converge/client/informer_set.hpp>
#include <converge/client/view.hpp>
#include <converge/model/owner_references.hpp>

using namespace converge;
using namespace api_test;
using namespace std::chrono_literals;

namespace {

/// A watch whose next answer can be made to fail.
struct fragile_watch : watch_stream {
    fragile_watch(std::unique_ptr<watch_stream> of, std::shared_ptr<std::optional<errc>> how)
        : from{std::move(of)}, failing{std::move(how)}
    {
    }
    task<watch_batch> next() override
    {
        auto batch = co_await from->next();
        if (*failing)
            throw error{**failing, "the watch failed"};
        co_return batch;
    }
    revision through() const override { return from->through(); }

    std::unique_ptr<watch_stream> from;
    std::shared_ptr<std::optional<errc>> failing;
};

/// An api that can be made to fail: its lists, its watches, or both.
struct fragile_transport : transport {
    explicit fragile_transport(std::shared_ptr<transport> to) : target{std::move(to)} {}

    task<response> send(request what) override
    {
        ++lists;
        if (lists_fail)
            throw error{errc::unavailable, "the list failed"};
        co_return co_await target->send(std::move(what));
    }
    std::unique_ptr<watch_stream> watch(watch_request what) override
    {
        return std::make_unique<fragile_watch>(target->watch(std::move(what)), watches_fail);
    }

    std::shared_ptr<transport> target;
    bool lists_fail = false;
    int lists = 0;
    std::shared_ptr<std::optional<errc>> watches_fail = std::make_shared<std::optional<errc>>();
};

std::string told(object_change const& change)
{
    auto const& object = change.after ? change.after : change.before;
    auto const replicas = [](any_object const& of) {
        return std::to_string(of.as<site>()->spec.replicas);
    };
    if (!change.before)
        return "+" + object.key().name + " " + replicas(change.after);
    if (!change.after)
        return "-" + object.key().name + " " + replicas(change.before);
    return object.key().name + " " + replicas(change.before) + ">" + replicas(change.after);
}

using lines = std::vector<std::string>;

struct informed : session {
    informed()
        : link{std::make_shared<fragile_transport>(server)},
          sites{std::make_shared<informer>(link, type_of<site>())}
    {
        sites->subscribe([this](object_change const& change) { heard.push_back(told(change)); });
    }

    ~informed() { stop(); }

    lines take() { return std::exchange(heard, {}); }

    std::shared_ptr<fragile_transport> link;
    std::shared_ptr<informer> sites;
    lines heard;
};

index_of<site> const by_image{[](object<site> const& of) { return of.spec.image; }};

std::vector<std::string> names(std::vector<object_ptr<site>> const& of)
{
    std::vector<std::string> all;
    for (auto const& each : of)
        all.push_back(each->metadata.name);
    return all;
}

object<site> site_of(std::string name, std::string image)
{
    auto made = site_named(std::move(name));
    made.spec.image = std::move(image);
    return made;
}

} // namespace

TEST_CASE("an informer shows what is there, then every change, in order")
{
    informed user;
    user.create(site_named("a", 1));
    user.create(site_named("b", 2));
    CHECK_FALSE(user.sites->synced());
    user.start(user.sites->run());
    CHECK(user.sites->synced());
    CHECK(user.sites->through() == revision{2});
    CHECK(user.take() == lines{"+a 1", "+b 2"});
    user.update(site_named("a", 3));
    user.create(site_named("c", 4));
    user.remove(site_key("b"));
    user.create(object<note>{"other"});
    CHECK(user.take() == lines{"a 1>3", "+c 4", "-b 2"});
    CHECK(user.sites->through() == revision{5});
    CHECK(user.sites->lists() == 1);
}

TEST_CASE("the cache has changed before a subscriber hears of it")
{
    informed user;
    lines seen;
    user.sites->subscribe([&](object_change const& change) {
        auto const& object = change.after ? change.after : change.before;
        seen.push_back(user.sites->cache().find(object.key()) ? "there" : "gone");
    });
    user.start(user.sites->run());
    user.create(site_named("a"));
    user.remove(site_key("a"));
    CHECK(seen == lines{"there", "gone"});
}

TEST_CASE("subscribers hear in the order of their subscription, then those of progress")
{
    informed user;
    user.sites->subscribe([&](object_change const&) { user.heard.push_back("second"); });
    user.sites->on_progress([&] { user.heard.push_back("progress"); });
    user.start(user.sites->run());
    user.take();
    user.create(site_named("a", 1));
    CHECK(user.take() == lines{"+a 1", "second", "progress"});
}

TEST_CASE("a late subscriber hears of all that is there as additions, then of what follows")
{
    informed user;
    user.start(user.sites->run());
    user.create(site_named("b", 1));
    user.create(site_named("a", 1));
    user.update(site_named("b", 2));
    lines late;
    user.sites->subscribe([&](object_change const& change) { late.push_back(told(change)); });
    CHECK(late == lines{"+a 1", "+b 2"});
    user.update(site_named("a", 2));
    CHECK(late == lines{"+a 1", "+b 2", "a 1>2"});
}

TEST_CASE("who subscribes while a change is told hears of it once")
{
    informed user;
    user.start(user.sites->run());
    lines late;
    bool subscribed = false;
    user.sites->subscribe([&](object_change const&) {
        for (int i = 0; !subscribed && i < 20; ++i)
            user.sites->subscribe([&late, i](object_change const& change) {
                if (i == 0)
                    late.push_back(told(change));
            });
        subscribed = true;
    });
    user.create(site_named("a", 1));
    CHECK(late == lines{"+a 1"});
    user.update(site_named("a", 2));
    CHECK(late == lines{"+a 1", "a 1>2"});
}

TEST_CASE("after a gap only the difference is told, deletions with the last known state")
{
    informed user;
    user.start(user.sites->run());
    for (auto const* name : {"kept", "changed", "lost"})
        user.create(site_named(name, 1));
    user.take();
    *user.link->watches_fail = errc::gone;
    user.update(site_named("changed", 2));
    user.remove(site_key("lost"));
    user.create(site_named("new", 5));
    CHECK(user.take().empty());
    *user.link->watches_fail = std::nullopt;
    user.advance(1s);
    CHECK(user.take() == lines{"changed 1>2", "+new 5", "-lost 1"});
    CHECK(user.sites->lists() == 2);
    CHECK(user.sites->through() == user.newest());
    user.create(site_named("z", 1));
    CHECK(user.take() == lines{"+z 1"});
}

TEST_CASE("an object that was replaced within a gap is one change with two uids")
{
    informed user;
    user.start(user.sites->run());
    auto const first = user.create(site_named("a", 1));
    object_change seen;
    user.sites->subscribe([&](object_change const& change) { seen = change; });
    *user.link->watches_fail = errc::gone;
    user.remove(first->key());
    auto const second = user.create(site_named("a", 2));
    *user.link->watches_fail = std::nullopt;
    user.advance(1s);
    CHECK(seen.before.metadata().uid == first->metadata.uid);
    CHECK(seen.after.metadata().uid == second->metadata.uid);
}

TEST_CASE("a store that began anew is told apart, even at the same revision")
{
    informed user;
    user.start(user.sites->run());
    user.create(site_named("a", 1));
    user.take();
    session other;
    other.create(site_named("a", 7));
    CHECK(other.newest() == user.sites->through());
    *user.link->watches_fail = errc::unavailable;
    user.link->target = other.server;
    user.update(site_named("a", 2));
    *user.link->watches_fail = std::nullopt;
    user.advance(1s);
    CHECK(user.take() == lines{"a 1>7"});
}

TEST_CASE("an informer whose lists fail goes on trying, ever more slowly")
{
    informed user;
    user.link->lists_fail = true;
    user.start(user.sites->run());
    user.advance(10s);
    auto const soon = user.link->lists;
    CHECK(soon > 3);
    CHECK(soon < 12);
    for (int i = 0; i < 60; ++i)
        user.advance(10s);
    CHECK(user.link->lists - soon < 60);
    CHECK_FALSE(user.sites->synced());
    user.create(site_named("a", 1));
    user.link->lists_fail = false;
    user.advance(1min);
    CHECK(user.take() == lines{"+a 1"});
}

TEST_CASE("wait_synced waits for the first list, however many wait")
{
    informed user;
    auto const first = user.start(user.sites->wait_synced());
    auto const second = user.start(user.sites->wait_synced());
    CHECK_FALSE(first->done);
    user.start(user.sites->run());
    CHECK(first->done);
    CHECK(second->done);
    user.run(user.sites->wait_synced());
}

TEST_CASE("a view finds by key, namespace and selector, in order")
{
    informed user;
    view<site> const sites{user.sites};
    user.start(user.sites->run());
    user.create(object<site>{in_namespace{"prod"}, "b"});
    user.create(object<site>{in_namespace{"prod-2"}, "c"});
    auto labelled = object<site>{in_namespace{"prod"}, "a"};
    labelled.metadata.labels["tier"] = "web";
    auto const made = user.create(labelled);
    CHECK(sites.size() == 3);
    CHECK(sites.at() == revision{3});
    CHECK(sites.find(made->key()) == made);
    CHECK(sites.find(site_key("a")) == nullptr);
    CHECK(names(sites.all()) == lines{"a", "b", "c"});
    CHECK(names(sites.in("prod")) == lines{"a", "b"});
    CHECK(names(sites.in("prod", label_selector::parse("tier=web").value())) == lines{"a"});
    CHECK(sites.in("pro").empty());
}

TEST_CASE("an index follows the changes of what it looks at")
{
    informed user;
    view<site> const sites{user.sites};
    user.start(user.sites->run());
    user.create(site_of("a", "x"));
    user.create(site_of("b", "x"));
    CHECK(names(sites.by(by_image, "x")) == lines{"a", "b"});
    user.create(site_of("c", "x"));
    user.update(site_of("a", "y"));
    CHECK(names(sites.by(by_image, "x")) == lines{"b", "c"});
    CHECK(names(sites.by(by_image, "y")) == lines{"a"});
    user.remove(site_key("b"));
    CHECK(names(sites.by(by_image, "x")) == lines{"c"});
    CHECK(sites.by(by_image, "z").empty());
}

TEST_CASE("an index follows the difference that is told after a gap")
{
    informed user;
    view<site> const sites{user.sites};
    user.start(user.sites->run());
    user.create(site_of("a", "x"));
    user.create(site_of("b", "x"));
    CHECK(sites.by(by_image, "x").size() == 2);
    *user.link->watches_fail = errc::gone;
    user.update(site_of("a", "y"));
    user.remove(site_key("b"));
    *user.link->watches_fail = std::nullopt;
    user.advance(1s);
    CHECK(sites.by(by_image, "x").empty());
    CHECK(names(sites.by(by_image, "y")) == lines{"a"});
}

TEST_CASE("objects are found by the uid of each owner")
{
    informed user;
    view<site> const sites{user.sites};
    user.start(user.sites->run());
    auto const first = user.create(object<note>{"first"});
    auto const second = user.create(object<note>{"second"});
    auto child = site_named("child");
    add_owner(child.metadata, controller_reference(*first));
    add_owner(child.metadata, controller_reference(*second));
    child = *user.create(child);
    CHECK(names(sites.owned_by(*first)) == lines{"child"});
    CHECK(names(sites.owned_by(*second)) == lines{"child"});
    remove_owner(child.metadata, first->metadata.uid);
    user.update(child);
    CHECK(sites.owned_by(*first).empty());
    CHECK(names(sites.owned_by(*second)) == lines{"child"});
}

TEST_CASE("a set has one informer a kind, shared by all who ask")
{
    session user;
    informer_set set{user.server};
    auto const sites = set.of(type_of<site>());
    CHECK(set.of(type_of<site>()) == sites);
    CHECK(set.of(type_of<note>()) != sites);
    CHECK(set.all().size() == 2);
    user.start(sites->run());
    user.create(site_named("a"));
    CHECK(names(set.view_of<site>().all()) == lines{"a"});
}
