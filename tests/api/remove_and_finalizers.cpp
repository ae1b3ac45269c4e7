// SPDX-License-Identifier: BSL-1.0
#include <converge/api/api.hpp>

#include "session.hpp"

#include <converge/model/finalizers.hpp>

using namespace converge;
using namespace api_test;
using namespace std::chrono_literals;

namespace {

object<site> held_site(std::vector<std::string> finalizers)
{
    auto made = site_named("blog", 3);
    made.metadata.finalizers = std::move(finalizers);
    return made;
}

} // namespace

TEST_CASE("remove erases, and returns the object as it was")
{
    session user;
    auto const made = user.create(site_named("blog"));
    CHECK(user.remove(made->key()) == made);
    CHECK(user.find(made->key()) == nullptr);
    CHECK(user.newest() == revision{2});
}

TEST_CASE("a remove of what is not there says so")
{
    session user;
    auto const refused = refusal_of([&] { return user.remove(site_key("blog")); });
    CHECK(refused.is(errc::not_found));
    CHECK(mentions(refused, "Site default/blog"));
}

TEST_CASE("an object with finalizers is marked and stays")
{
    session user;
    auto const made = user.create(held_site({"test/hold"}));
    auto const marked = user.remove(made->key());
    CHECK(marked->metadata.being_deleted());
    CHECK(marked->metadata.deletion_timestamp->time_since_epoch() % 1s == 0s);
    CHECK(marked->metadata.generation == 2);
    CHECK(marked->metadata.uid == made->metadata.uid);
    CHECK(user.find(made->key()) == marked);
}

TEST_CASE("an object that is being deleted goes with its last finalizer")
{
    session user;
    auto next = *user.create(held_site({"test/one", "test/two"}));
    next = *user.remove(next.key());
    next.metadata.finalizers = {"test/two"};
    next = *user.update(next);
    CHECK(user.find(next.key())->metadata.finalizers.size() == 1);
    next.metadata.finalizers.clear();
    auto const last = user.update(next);
    CHECK(last->metadata.finalizers.empty());
    CHECK(last->metadata.being_deleted());
    CHECK(user.find(next.key()) == nullptr);
    CHECK(user.newest() == revision{4});
}

TEST_CASE("the last finalizer may go by a patch")
{
    session user;
    auto const made = user.create(held_site({"test/hold"}));
    user.remove(made->key());
    user.patch(made->key(), R"({"metadata": {"finalizers": null}})");
    CHECK(user.find(made->key()) == nullptr);
}

TEST_CASE("the last finalizer may go by an apply")
{
    session user;
    auto const made = user.apply_as("a", held_site({"test/hold"}));
    user.remove(made->key());
    user.apply_as("a", held_site({}));
    CHECK(user.find(made->key()) == nullptr);
}

TEST_CASE("removing the finalizers of an object that is not being deleted leaves it there")
{
    session user;
    auto next = *user.create(held_site({"test/hold"}));
    next.metadata.finalizers.clear();
    user.update(next);
    CHECK(user.find(next.key()) != nullptr);
}

TEST_CASE("no finalizer can be added while the object is being deleted")
{
    session user;
    auto next = *user.create(held_site({"test/hold"}));
    next = *user.remove(next.key());
    next.metadata.finalizers.push_back("test/late");
    auto const check = [](failure const& refused) {
        CHECK(refused.is(errc::forbidden));
        CHECK(refused.path == "metadata.finalizers");
        CHECK(mentions(refused, "\"test/late\""));
        CHECK(mentions(refused, "can only be removed"));
    };
    check(refusal_of([&] { return user.update(next); }));
    check(refusal_of([&] {
        return user.patch(next.key(),
                          R"({"metadata": {"finalizers": ["test/hold", "test/late"]}})");
    }));
    check(refusal_of([&] { return user.apply_as("a", held_site({"test/late"})); }));
    CHECK(user.newest() == revision{2});
}

TEST_CASE("an object that is being deleted can still be changed, but not be unmarked")
{
    session user;
    auto next = *user.create(held_site({"test/hold"}));
    auto const marked = user.remove(next.key());
    next = *marked;
    next.metadata.deletion_timestamp.reset();
    next.spec.replicas = 0;
    auto const changed = user.update(next);
    CHECK(changed->spec.replicas == 0);
    CHECK(changed->metadata.deletion_timestamp == marked->metadata.deletion_timestamp);
    next = *changed;
    next.status.phase = "Leaving";
    CHECK(user.update_status(next)->metadata.being_deleted());
}

TEST_CASE("a second remove changes nothing")
{
    session user;
    auto const made = user.create(held_site({"test/hold"}));
    auto const marked = user.remove(made->key());
    user.advance(5s);
    CHECK(user.remove(made->key()) == marked);
    CHECK(user.newest() == revision{2});
}

TEST_CASE("an object cannot be deleted in the foreground and orphan its dependents at once")
{
    session user;
    auto const check = [](failure const& refused) {
        CHECK(refused.is(errc::invalid));
        CHECK(refused.path == "metadata.finalizers");
        CHECK(mentions(refused, "leave one of the two out"));
    };
    auto const both = held_site({"foregroundDeletion", "orphan"});
    check(refusal_of([&] { return user.create(both); }));
    user.create(held_site({"orphan"}));
    check(refusal_of([&] { return user.update(both); }));
    CHECK(user.newest() == revision{1});
}

TEST_CASE("a remove with another uid or revision is a conflict that names both")
{
    session user;
    auto const made = user.create(site_named("blog"));
    auto const other = refusal_of(
        [&] { return user.remove(made->key(), write_options{}.only_uid(uid{"another"})); });
    CHECK(other.is(errc::conflict));
    CHECK(other.path == "metadata.uid");
    CHECK(mentions(other, "another"));
    CHECK(mentions(other, made->metadata.uid.str()));
    auto const stale = refusal_of(
        [&] { return user.remove(made->key(), write_options{}.only_revision(revision{9})); });
    CHECK(stale.is(errc::conflict));
    CHECK(mentions(stale, "revision 9 was expected, but it is 1"));
    user.remove(made->key(), write_options{}
                                 .only_uid(made->metadata.uid)
                                 .only_revision(made->metadata.resource_version));
    CHECK(user.find(made->key()) == nullptr);
}

TEST_CASE("a dry run of a remove shows the mark and writes nothing")
{
    session user;
    auto const made = user.create(site_named("blog"));
    auto const shown = user.remove(made->key(), write_options{}.dry_run());
    CHECK(shown->metadata.being_deleted());
    CHECK(user.find(made->key()) == made);
    CHECK(user.newest() == revision{1});
}

TEST_CASE("a dry run of removing the last finalizer writes nothing")
{
    session user;
    auto next = *user.create(held_site({"test/hold"}));
    next = *user.remove(next.key());
    next.metadata.finalizers.clear();
    user.update(next, write_options{}.dry_run());
    CHECK(user.find(next.key()) != nullptr);
}

TEST_CASE("a name is free again once its object is gone, for an object of another uid")
{
    session user;
    auto const first = user.create(held_site({"test/hold"}));
    user.remove(first->key());
    CHECK(refusal_of([&] { return user.create(site_named("blog")); }).is(errc::already_exists));
    user.patch(first->key(), R"({"metadata": {"finalizers": null}})");
    CHECK(user.create(site_named("blog"))->metadata.uid != first->metadata.uid);
}
