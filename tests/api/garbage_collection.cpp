// SPDX-License-Identifier: BSL-1.0
#include <converge/api/garbage_collector.hpp>

#include <converge/async/wake.hpp>

#include "session.hpp"

#include <converge/model/finalizers.hpp>
#include <converge/model/owner_references.hpp>

using namespace converge;
using namespace api_test;
using namespace std::chrono_literals;

namespace {

/// A session whose garbage is collected.
struct collected : session {
    collected() { housekeep(); }

    bool has(key<note> id) { return find(std::move(id)) != nullptr; }
    bool has(key<site> id) { return find(std::move(id)) != nullptr; }
};

/// Holds requests back until released.
struct slow_transport : transport {
    explicit slow_transport(std::shared_ptr<transport> to) : target{std::move(to)} {}

    task<response> send(request what) override
    {
        ++asked;
        while (held)
            co_await released.wait();
        co_return co_await target->send(std::move(what));
    }
    std::unique_ptr<watch_stream> watch(watch_request what) override
    {
        return target->watch(std::move(what));
    }

    std::shared_ptr<transport> target;
    int asked = 0;
    bool held = true;
    wake released;
};

} // namespace

TEST_CASE("background: dependents go after their owner, and theirs after them")
{
    collected user;
    auto const owner = user.create(site_named("top"));
    auto middle = site_named("middle");
    middle.metadata.owner_references = {controller_reference(*owner)};
    user.create(child_of("leaf", user.create(middle)));
    user.create(object<note>{"free"});
    CHECK(user.has(note_key("leaf")));
    user.remove(owner->key());
    CHECK_FALSE(user.has(site_key("top")));
    CHECK_FALSE(user.has(site_key("middle")));
    CHECK_FALSE(user.has(note_key("leaf")));
    CHECK(user.has(note_key("free")));
}

TEST_CASE("a dependent with a finalizer is marked, and goes when it lets go")
{
    collected user;
    auto const owner = user.create(site_named("top"));
    auto held = child_of("leaf", owner);
    held.metadata.finalizers = {"test/hold"};
    user.create(held);
    user.remove(owner->key());
    auto const marked = user.find(note_key("leaf"));
    REQUIRE(marked != nullptr);
    CHECK(marked->metadata.being_deleted());
    user.patch(note_key("leaf"), R"({"metadata": {"finalizers": null}})");
    CHECK_FALSE(user.has(note_key("leaf")));
}

TEST_CASE("what was left by a collector that stopped is found by the next one")
{
    session user;
    auto const owner = user.create(site_named("top"));
    user.create(child_of("leaf", owner));
    user.remove(owner->key());
    user.advance(10s);
    CHECK(user.find(note_key("leaf")) != nullptr);
    user.housekeep();
    CHECK(user.find(note_key("leaf")) == nullptr);
}

TEST_CASE("foreground: the owner stays, marked, until its dependents are gone")
{
    collected user;
    auto const owner = user.create(site_named("top"));
    auto held = child_of("held", owner);
    held.metadata.finalizers = {"test/hold"};
    user.create(held);
    user.create(child_of("leaf", owner));
    user.remove(owner->key(), write_options{}.propagating(propagation::foreground));
    CHECK_FALSE(user.has(note_key("leaf")));
    CHECK(user.find(note_key("held"))->metadata.being_deleted());
    auto const waiting = user.find(owner->key());
    REQUIRE(waiting != nullptr);
    CHECK(waiting->metadata.being_deleted());
    auto last = *user.find(note_key("held"));
    remove_finalizer(last.metadata, "test/hold");
    user.update(last);
    CHECK_FALSE(user.has(note_key("held")));
    CHECK_FALSE(user.has(owner->key()));
}

TEST_CASE("foreground: an owner does not wait for a dependent that does not block it")
{
    collected user;
    auto const owner = user.create(site_named("top"));
    auto held = child_of("held", owner);
    held.metadata.owner_references[0].block_owner_deletion = false;
    held.metadata.finalizers = {"test/hold"};
    user.create(held);
    user.remove(owner->key(), write_options{}.propagating(propagation::foreground));
    CHECK_FALSE(user.has(owner->key()));
    CHECK(user.find(note_key("held"))->metadata.being_deleted());
}

TEST_CASE("foreground: an owner without dependents goes at once")
{
    collected user;
    auto const owner = user.create(site_named("top"));
    user.remove(owner->key(), write_options{}.propagating(propagation::foreground));
    CHECK_FALSE(user.has(owner->key()));
}

TEST_CASE("foreground: owners that own one another go all the same")
{
    collected user;
    auto const top = user.create(site_named("top"));
    auto middle = site_named("middle");
    middle.metadata.owner_references = {controller_reference(*top)};
    auto const bottom = user.create(child_of("bottom", user.create(middle)));
    auto circular = *top;
    circular.metadata.owner_references = {controller_reference(*bottom)};
    user.update(circular);
    user.remove(top->key(), write_options{}.propagating(propagation::foreground));
    CHECK_FALSE(user.has(top->key()));
    CHECK_FALSE(user.has(middle.key()));
    CHECK_FALSE(user.has(note_key("bottom")));
}

TEST_CASE("foreground: in a cycle too, a dependent goes before its owner")
{
    collected user;
    auto const top = user.create(site_named("top"));
    auto held = child_of("held", top);
    held.metadata.finalizers = {"test/hold"};
    auto circular = *top;
    circular.metadata.owner_references = {controller_reference(*user.create(held))};
    user.update(circular);
    user.remove(top->key(), write_options{}.propagating(propagation::foreground));
    CHECK(user.has(top->key()));
    user.patch(note_key("held"), R"({"metadata": {"finalizers": null}})");
    CHECK_FALSE(user.has(note_key("held")));
    CHECK_FALSE(user.has(top->key()));
}

TEST_CASE("the last remove says what becomes of the dependents")
{
    collected user;
    auto const top = user.create(site_named("top"));
    auto held = child_of("held", top);
    held.metadata.finalizers = {"test/hold"};
    user.create(held);
    user.create(child_of("other", top));
    user.remove(top->key(), write_options{}.propagating(propagation::foreground));
    CHECK(user.has(top->key()));
    CHECK_FALSE(user.has(note_key("other")));
    user.remove(top->key(), write_options{}.propagating(propagation::orphan));
    CHECK_FALSE(user.has(top->key()));
    CHECK(user.find(note_key("held"))->metadata.owner_references.empty());
}

TEST_CASE("orphan: dependents stay, without that owner")
{
    collected user;
    auto const owner = user.create(site_named("top"));
    user.create(child_of("a", owner));
    user.create(child_of("b", owner));
    user.remove(owner->key(), write_options{}.propagating(propagation::orphan));
    CHECK_FALSE(user.has(owner->key()));
    CHECK(user.find(note_key("a"))->metadata.owner_references.empty());
    CHECK(user.find(note_key("b"))->metadata.owner_references.empty());
}

TEST_CASE("a namesake of the owner is not its owner")
{
    session user;
    auto const first = user.create(site_named("top"));
    user.create(child_of("old", first));
    user.remove(first->key());
    auto const second = user.create(site_named("top"));
    user.create(child_of("new", second));
    user.housekeep();
    CHECK(user.find(note_key("old")) == nullptr);
    CHECK(user.find(note_key("new")) != nullptr);
    CHECK(user.find(site_key("top")) == second);
}

TEST_CASE("a namesake of a dependent is not hit")
{
    session user;
    auto const owner = user.create(site_named("top"));
    user.create(child_of("leaf", owner));
    user.remove(note_key("leaf"));
    user.remove(owner->key());
    auto const namesake = user.create(object<note>{"leaf"});
    user.housekeep();
    CHECK(user.find(note_key("leaf")) == namesake);
}

TEST_CASE("a child that is created after its owner went is collected")
{
    collected user;
    auto const owner = user.create(site_named("top"));
    user.remove(owner->key());
    user.create(child_of("late", owner));
    CHECK_FALSE(user.has(note_key("late")));
}

TEST_CASE("a dependent of two owners loses the reference to the one that went, and stays")
{
    collected user;
    auto const first = user.create(site_named("first"));
    auto const second = user.create(site_named("second"));
    auto shared = child_of("shared", first);
    add_owner(shared.metadata, controller_reference(*second));
    user.create(shared);
    user.remove(first->key());
    auto const left = user.find(note_key("shared"));
    REQUIRE(left != nullptr);
    REQUIRE(left->metadata.owner_references.size() == 1);
    CHECK(left->metadata.owner_references[0].uid == second->metadata.uid);
    user.remove(second->key());
    CHECK_FALSE(user.has(note_key("shared")));
}

TEST_CASE("two owners: a foreground removal of one drops the reference and does not wait")
{
    collected user;
    auto const first = user.create(site_named("first"));
    auto const second = user.create(site_named("second"));
    auto shared = child_of("shared", first);
    add_owner(shared.metadata, controller_reference(*second));
    user.create(shared);
    user.remove(first->key(), write_options{}.propagating(propagation::foreground));
    CHECK_FALSE(user.has(first->key()));
    CHECK(user.find(note_key("shared"))->metadata.owner_references.size() == 1);
}

TEST_CASE("a dependent that is refused does not stop the others, and is tried again")
{
    session user;
    bool refusing = true;
    user.server->hooks().add(type_of<note>(), [&](admission_review&) -> result<void> {
        if (refusing)
            return failure{errc::forbidden, "not now"};
        return {};
    });
    refusing = false;
    auto const top = user.create(site_named("top"));
    auto const other = user.create(site_named("other"));
    for (auto const* name : {"a", "b", "c", "d"})
        user.create(child_of(name, top));
    refusing = true;
    user.housekeep();
    user.remove(top->key(), write_options{}.propagating(propagation::orphan));
    CHECK(user.find(top->key()) != nullptr);
    auto child = site_named("child");
    child.metadata.owner_references = {controller_reference(*other)};
    user.create(child);
    user.remove(other->key());
    CHECK(user.find(child.key()) == nullptr);
    refusing = false;
    CHECK(user.find(note_key("a"))->metadata.owner_references.size() == 1);
    user.advance(2s);
    CHECK(user.find(top->key()) == nullptr);
    for (auto const* name : {"a", "b", "c", "d"})
        CHECK(user.find(note_key(name))->metadata.owner_references.empty());
}

TEST_CASE("a collector that fell behind the history starts anew")
{
    memory_store_options options;
    options.history.events = 4;
    session user{std::make_shared<memory_store>(options)};
    slow_transport slow{user.server};
    user.start(collect_garbage(slow, any_store{user.store}));
    auto const first = user.create(site_named("first"));
    auto const second = user.create(site_named("second"));
    user.create(child_of("a", first));
    user.remove(first->key());
    REQUIRE(slow.asked == 1);
    user.create(child_of("b", second));
    user.remove(second->key());
    for (int i = 0; i < 20; ++i)
        user.create(object<note>{"n" + std::to_string(i)});
    CHECK(user.find(note_key("b")) != nullptr);
    slow.held = false;
    slow.released.notify_all();
    user.settle();
    CHECK(user.find(note_key("a")) == nullptr);
    CHECK(user.find(note_key("b")) == nullptr);
    user.stop();
}

TEST_CASE("a dependent that found another owner while it was to be removed stays")
{
    session user;
    slow_transport slow{user.server};
    user.start(collect_garbage(slow, any_store{user.store}));
    auto const first = user.create(site_named("first"));
    auto const second = user.create(site_named("second"));
    auto const child = user.create(child_of("leaf", first));
    user.remove(first->key());
    REQUIRE(slow.asked == 1);
    auto adopted = *child;
    adopted.metadata.owner_references = {controller_reference(*second)};
    user.update(adopted);
    slow.held = false;
    slow.released.notify_all();
    user.settle();
    CHECK(user.find(note_key("leaf")) != nullptr);
    user.remove(second->key());
    CHECK(user.find(note_key("leaf")) == nullptr);
    user.stop();
}

TEST_CASE("two collectors of one store do no harm")
{
    collected user;
    user.housekeep();
    auto const owner = user.create(site_named("top"));
    for (int i = 0; i < 5; ++i)
        user.create(child_of("n" + std::to_string(i), owner));
    user.remove(owner->key(), write_options{}.propagating(propagation::foreground));
    CHECK_FALSE(user.has(owner->key()));
    CHECK(user.list<note>().empty());
}
