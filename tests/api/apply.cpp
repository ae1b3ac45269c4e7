// SPDX-License-Identifier: BSL-1.0
#include <converge/api/api.hpp>

#include "session.hpp"

#include <converge/model/finalizers.hpp>
#include <converge/model/owner_references.hpp>

using namespace converge;
using namespace api_test;

namespace {

object<note> note_of(std::map<std::string, std::string> data)
{
    return object<note>{"todo", note::content{std::move(data)}};
}

std::map<std::string, std::string> data_of(object_ptr<note> const& of)
{
    return of->content.data;
}

using data = std::map<std::string, std::string>;

std::vector<std::string> managers_of(object_ptr<note> const& of)
{
    std::vector<std::string> names;
    for (auto const& entry : of->metadata.managed_fields)
        names.push_back(entry.manager);
    return names;
}

/// A note that `owners` own and `finalizers` hold.
object<note> held_note(std::vector<std::string> finalizers,
                       std::vector<owner_reference> owners = {})
{
    object<note> made{"todo"};
    made.metadata.finalizers = std::move(finalizers);
    made.metadata.owner_references = std::move(owners);
    return made;
}

owner_reference owner_named(std::string name)
{
    return {"v1", "Note", name, uid{"uid-of-" + name}, false, true};
}

using finalizers = std::vector<std::string>;

std::vector<std::string> owners_of(object_ptr<note> const& of)
{
    std::vector<std::string> names;
    for (auto const& owner : of->metadata.owner_references)
        names.push_back(owner.name);
    return names;
}

} // namespace

TEST_CASE("apply creates what is absent, as a create would")
{
    session user;
    auto wanted = site_named("blog", 3);
    wanted.status.ready = 4;
    auto const made = user.apply_as("a", wanted);
    CHECK(made->metadata.generation == 1);
    CHECK(made->metadata.uid.str().size() == 36);
    CHECK(made->metadata.creation_timestamp);
    CHECK(made->spec.replicas == 3);
    CHECK(made->status.ready == 0);
    CHECK(user.newest() == revision{1});
}

TEST_CASE("applying the same twice is a no-op")
{
    session user;
    auto wanted = site_named("blog", 3);
    wanted.spec.hosts = {"a.example"};
    wanted.spec.settings = {{"colour", "blue"}};
    wanted.metadata.labels = {{"tier", "web"}};
    auto const made = user.apply_as("a", wanted);
    CHECK(user.apply_as("a", wanted) == made);
    CHECK(user.apply_as("a", *made) == made);
    CHECK(user.newest() == revision{1});
}

TEST_CASE("apply keeps the status and the fields of others")
{
    session user;
    auto next = *user.create(site_named("blog"));
    next.spec.hosts = {"a.example"};
    next.metadata.annotations["why"] = "a test";
    next = *user.update(next);
    next.status.ready = 1;
    user.update_status(next);
    auto wanted = site_named("blog", 5);
    wanted.metadata.labels["tier"] = "web";
    auto const applied = user.apply_as("a", wanted);
    CHECK(applied->spec.replicas == 5);
    CHECK(applied->spec.hosts == next.spec.hosts);
    CHECK(applied->metadata.annotations == next.metadata.annotations);
    CHECK(applied->metadata.labels.at("tier") == "web");
    CHECK(applied->status.ready == 1);
}

TEST_CASE("apply removes the fields that this manager applied before and leaves out now")
{
    session user;
    user.create(note_of({{"theirs", "1"}}));
    user.apply_as("a", note_of({{"x", "1"}, {"y", "1"}}));
    auto const applied = user.apply_as("a", note_of({{"y", "1"}}));
    CHECK(data_of(applied) == data{{"theirs", "1"}, {"y", "1"}});
}

TEST_CASE("apply removes labels, annotations and lists that it leaves out")
{
    session user;
    auto wanted = site_named("blog");
    wanted.spec.hosts = {"a.example"};
    wanted.spec.limit = 3;
    wanted.metadata.labels = {{"tier", "web"}};
    wanted.metadata.annotations = {{"why", "a test"}};
    wanted.metadata.finalizers = {"test/hold"};
    user.apply_as("a", wanted);
    auto const applied = user.apply_as("a", site_named("blog"));
    CHECK(applied->spec.hosts.empty());
    CHECK_FALSE(applied->spec.limit);
    CHECK(applied->metadata.labels.empty());
    CHECK(applied->metadata.annotations.empty());
    CHECK(applied->metadata.finalizers.empty());
}

TEST_CASE("apply leaves the finalizers and owners of others where they are")
{
    session user;
    user.create(held_note({"test/guard"}, {owner_named("first")}));
    user.apply_as("b", held_note({"test/b"}, {owner_named("second")}));
    auto const applied = user.apply_as("a", held_note({"test/a"}, {owner_named("third")}));
    CHECK(applied->metadata.finalizers == finalizers{"test/guard", "test/b", "test/a"});
    CHECK(owners_of(applied) == std::vector<std::string>{"first", "second", "third"});
    // What it leaves out again goes, and nothing else.
    auto const less = user.apply_as("a", held_note({"test/b"}));
    CHECK(less->metadata.finalizers == finalizers{"test/guard", "test/b"});
    CHECK(owners_of(less) == std::vector<std::string>{"first", "second"});
    // Both apply this one now: it goes with the last of them.
    CHECK(has_finalizer(user.apply_as("b", held_note({}))->metadata, "test/b"));
    CHECK(user.apply_as("a", held_note({}))->metadata.finalizers == finalizers{"test/guard"});
}

TEST_CASE("an object that is being deleted keeps the finalizers of others when it is applied")
{
    session user;
    user.create(held_note({"test/guard"}));
    user.apply_as("a", held_note({"test/a"}));
    user.remove(key<note>{"todo"});
    auto const applied = user.apply_as("a", held_note({}));
    CHECK(applied->metadata.finalizers == finalizers{"test/guard"});
    CHECK(user.find(key<note>{"todo"}) != nullptr);
}

TEST_CASE("an owner that two managers apply differently is a conflict")
{
    session user;
    user.apply_as("a", held_note({}, {owner_named("first")}));
    auto other = owner_named("first");
    CHECK(user.apply_as("b", held_note({}, {other}))->metadata.owner_references.size() == 1);
    other.controller = true;
    auto const refused = refusal_of([&] { return user.apply_as("b", held_note({}, {other})); });
    CHECK(refused.is(errc::conflict));
    CHECK(refused.path == "metadata.ownerReferences.uid-of-first");
    auto const forced =
        user.apply(held_note({}, {other}), write_options{}.as("b").forced());
    REQUIRE(forced->metadata.owner_references.size() == 1);
    CHECK(forced->metadata.owner_references[0] == other);
}

TEST_CASE("an apply without a name is refused, with the remedy")
{
    session user;
    object<note> wanted;
    wanted.metadata.generate_name = "todo-";
    auto const refused = refusal_of([&] { return user.apply_as("a", wanted); });
    CHECK(refused.is(errc::invalid));
    CHECK(refused.path == "metadata.name");
    CHECK(mentions(refused, "create it"));
    CHECK(user.newest() == revision{});
}

TEST_CASE("a field that two managers applied stays until both leave it out")
{
    session user;
    user.apply_as("a", note_of({{"x", "1"}, {"y", "1"}}));
    user.apply_as("b", note_of({{"x", "1"}}));
    auto const left = user.apply_as("a", note_of({{"y", "1"}}));
    CHECK(data_of(left) == data{{"x", "1"}, {"y", "1"}});
    auto const gone = user.apply_as("b", note_of({{"z", "1"}}));
    CHECK(data_of(gone) == data{{"y", "1"}, {"z", "1"}});
}

TEST_CASE("a conflict names manager and field, and changes nothing")
{
    session user;
    auto const mine = user.apply_as("deployer", site_named("blog", 3));
    auto const refused =
        refusal_of([&] { return user.apply_as("scaler", site_named("blog", 5)); });
    CHECK(refused.is(errc::conflict));
    CHECK(refused.path == "spec.replicas");
    CHECK(mentions(refused, "\"deployer\""));
    CHECK(mentions(refused, "force"));
    CHECK(mentions(refused, "Site default/blog"));
    CHECK(user.find(site_key("blog")) == mine);
}

TEST_CASE("the same value is no conflict")
{
    session user;
    user.apply_as("a", note_of({{"x", "1"}}));
    auto const both = user.apply_as("b", note_of({{"x", "1"}}));
    CHECK(managers_of(both) == std::vector<std::string>{"a", "b"});
    auto const refused = refusal_of([&] { return user.apply_as("a", note_of({{"x", "2"}})); });
    CHECK(refused.is(errc::conflict));
    CHECK(mentions(refused, "\"b\""));
}

TEST_CASE("a forced apply takes fields over and leaves the other's remaining fields")
{
    session user;
    user.apply_as("a", note_of({{"x", "1"}, {"y", "1"}}));
    auto const taken =
        user.apply(note_of({{"x", "2"}}), write_options{}.as("b").forced());
    CHECK(data_of(taken) == data{{"x", "2"}, {"y", "1"}});
    CHECK(managers_of(taken) == std::vector<std::string>{"a", "b"});
    // What a lost is not a's to remove, nor to set; what it kept is.
    auto const kept = user.apply_as("a", note_of({{"z", "1"}}));
    CHECK(data_of(kept) == data{{"x", "2"}, {"z", "1"}});
    CHECK(refusal_of([&] { return user.apply_as("a", note_of({{"x", "1"}})); }).is(errc::conflict));
}

TEST_CASE("a manager whose fields were all taken over is no longer an owner")
{
    session user;
    user.apply_as("a", note_of({{"x", "1"}}));
    auto const taken =
        user.apply(note_of({{"x", "2"}}), write_options{}.as("b").forced());
    CHECK(managers_of(taken) == std::vector<std::string>{"b"});
}

TEST_CASE("apply takes back what an update changed of its fields")
{
    session user;
    user.apply_as("a", site_named("blog", 3));
    user.update(site_named("blog", 9));
    CHECK(user.apply_as("a", site_named("blog", 3))->spec.replicas == 3);
}

TEST_CASE("a change by apply raises the generation if it is of the spec")
{
    session user;
    auto wanted = site_named("blog", 3);
    user.apply_as("a", wanted);
    wanted.metadata.labels["tier"] = "web";
    CHECK(user.apply_as("a", wanted)->metadata.generation == 1);
    wanted.spec.replicas = 4;
    CHECK(user.apply_as("a", wanted)->metadata.generation == 2);
}

TEST_CASE("a revision in what is applied is a precondition")
{
    session user;
    auto stale = *user.apply_as("a", site_named("blog", 3));
    user.apply_as("a", site_named("blog", 4));
    auto const refused = refusal_of([&] { return user.apply_as("a", stale); });
    CHECK(refused.is(errc::conflict));
    CHECK(refused.path == "metadata.resourceVersion");
}

TEST_CASE("apply does not bring back an object that was deleted since it was read")
{
    session user;
    auto seen = *user.apply_as("a", site_named("blog", 3));
    user.remove(seen.key());
    auto const refused = refusal_of([&] { return user.apply_as("a", seen); });
    CHECK(refused.is(errc::conflict));
    CHECK(refused.path == "metadata.uid");
    seen.metadata.uid = {};
    CHECK(refusal_of([&] { return user.apply_as("a", seen); }).is(errc::conflict));
    CHECK(user.find(seen.key()) == nullptr);
    seen.metadata.resource_version = {};
    CHECK(user.apply_as("a", seen)->metadata.generation == 1);
}

TEST_CASE("a dry run of an apply writes nothing")
{
    session user;
    auto const shown = user.apply(site_named("blog", 3), write_options{}.dry_run());
    CHECK(shown->spec.replicas == 3);
    CHECK(user.newest() == revision{});
    auto const made = user.apply(site_named("blog", 3));
    auto const changed = user.apply(site_named("blog", 4), write_options{}.dry_run());
    CHECK(changed->spec.replicas == 4);
    CHECK(user.find(site_key("blog")) == made);
}
