// SPDX-License-Identifier: BSL-1.0
#include <converge/client/informer.hpp>

#include "informed.hpp"

using namespace client_test;
using namespace std::chrono_literals;

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
    auto const looking = user.sites->subscribe([&](object_change const& change) {
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
    auto const other =
        user.sites->subscribe([&](object_change const&) { user.heard.push_back("second"); });
    auto const moving = user.sites->on_progress([&] { user.heard.push_back("progress"); });
    user.start(user.sites->run());
    user.take();
    user.create(site_named("a", 1));
    CHECK(user.take() == lines{"+a 1", "second", "progress"});
}

TEST_CASE("who hears of progress may end that, also while being told")
{
    informed user;
    lines told_of;
    auto first = user.sites->on_progress([&] { told_of.push_back("first"); });
    subscription second;
    second = user.sites->on_progress([&] {
        told_of.push_back("second");
        first.unsubscribe();
        second.unsubscribe();
    });
    auto const kept = std::make_shared<int>(1);
    std::weak_ptr<int> const held = kept;
    auto third = user.sites->on_progress([&told_of, kept = kept] { told_of.push_back("third"); });
    user.start(user.sites->run());
    CHECK(told_of == lines{"first", "second", "third"});
    user.create(site_named("a"));
    CHECK(told_of == lines{"first", "second", "third", "third"});
    CHECK(held.use_count() == 2);
    third.unsubscribe();
    CHECK(held.use_count() == 1);
    user.create(site_named("b"));
    CHECK(told_of.size() == 4);
}

TEST_CASE("an informer that runs is not run again; one that ended may be")
{
    informed user;
    auto const first = user.start(user.sites->run());
    auto const refused = refusal_of([&] {
        user.run(user.sites->run());
        return 0;
    });
    CHECK(refused.is(errc::invalid));
    CHECK(mentions(refused, "Site"));
    CHECK(mentions(refused, "runs already"));
    CHECK_FALSE(first->done);
    user.create(site_named("a", 1));
    CHECK(user.take() == lines{"+a 1"});
    user.stop();
    user.create(site_named("b", 1));
    CHECK(user.take().empty());
    user.start(user.sites->run());
    CHECK(user.take() == lines{"+b 1"});
}

TEST_CASE("a late subscriber hears of all that is there as additions, then of what follows")
{
    informed user;
    user.start(user.sites->run());
    user.create(site_named("b", 1));
    user.create(site_named("a", 1));
    user.update(site_named("b", 2));
    lines late;
    auto const later =
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
    std::vector<subscription> kept;
    auto const first = user.sites->subscribe([&](object_change const&) {
        for (int i = 0; !subscribed && i < 20; ++i)
            kept.push_back(user.sites->subscribe([&late, i](object_change const& change) {
                if (i == 0)
                    late.push_back(told(change));
            }));
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
    auto const looking = user.sites->subscribe([&](object_change const& change) { seen = change; });
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
    session other{std::make_shared<memory_store>(), 2};
    other.create(site_named("a", 7));
    CHECK(other.newest() == user.sites->through());
    *user.link->watches_fail = errc::gone;
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

TEST_CASE("a watch that broke is resumed where it was, without a list and without a gap")
{
    informed user;
    user.start(user.sites->run());
    user.create(site_named("a", 1));
    user.take();
    *user.link->watches_fail = errc::unavailable;
    user.update(site_named("a", 2));
    *user.link->watches_fail = std::nullopt;
    user.update(site_named("a", 3));
    user.create(site_named("b", 1));
    CHECK(user.take().empty());
    user.advance(1s);
    CHECK(user.take() == lines{"a 1>2", "a 2>3", "+b 1"});
    CHECK(user.sites->lists() == 1);
    CHECK(user.sites->through() == user.newest());
}

TEST_CASE("a watch that cannot be resumed is followed by a list")
{
    informed user;
    user.start(user.sites->run());
    user.create(site_named("a", 1));
    user.take();
    *user.link->watches_fail = errc::unavailable;
    user.update(site_named("a", 2));
    user.update(site_named("a", 3));
    user.link->watches_fail_at_once = true;
    user.advance(1s);
    CHECK(user.take() == lines{"a 1>3"});
    CHECK(user.sites->lists() > 1);
}

TEST_CASE("an informer whose lists work and whose watches fail asks ever more seldom")
{
    informed user;
    user.link->watches_fail_at_once = true;
    user.start(user.sites->run());
    CHECK(user.sites->synced());
    for (int i = 0; i < 60; ++i)
        user.advance(10s);
    CHECK(user.link->watches > 20);
    CHECK(user.link->watches < 60);
    user.link->watches_fail_at_once = false;
    // The last pause ends, and a watch lasts longer than the longest pause.
    user.advance(2min);
    // What fails later is a first failure.
    *user.link->watches_fail = errc::unavailable;
    user.create(site_named("a", 1));
    *user.link->watches_fail = std::nullopt;
    user.advance(1s);
    CHECK(user.take() == lines{"+a 1"});
}

TEST_CASE("an informer tells why it does not follow, at the first failure and seldom after it")
{
    informed user;
    user.link->lists_fail = true;
    user.start(user.sites->run());
    CHECK(user.sites->last_failure().is(errc::unavailable));
    CHECK(user.log->count("a kind cannot be followed; trying again") == 1);
    auto const told = user.log->records();
    CHECK(told[0].level == log_level::warn);
    CHECK(told[0].fields ==
          std::vector<log_field>{{"kind", "Site"}, {"why", "the list failed"}, {"times", 1}});
    for (int i = 0; i < 60; ++i)
        user.advance(10s);
    CHECK(user.link->lists > 20);
    CHECK(user.log->records().size() < 7);
    user.link->lists_fail = false;
    user.advance(1min);
    CHECK_FALSE(user.sites->last_failure().code);
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
