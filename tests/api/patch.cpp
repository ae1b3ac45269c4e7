// SPDX-License-Identifier: BSL-1.0
#include <converge/api/api.hpp>

#include "session.hpp"

using namespace converge;
using namespace api_test;

namespace {

/// Has something in every member, so that what a round trip through JSON loses shows.
object<site> full_site()
{
    auto made = site_named("blog", 3);
    made.spec.limit = 5;
    made.spec.hosts = {"a.example", "b.example"};
    made.spec.settings = {{"colour", "blue"}, {"a.b/c", ""}};
    made.metadata.labels = {{"tier", "web"}};
    made.metadata.annotations = {{"why", "a test"}};
    made.metadata.finalizers = {"test/hold"};
    made.metadata.owner_references = {{"v1", "Note", "n", uid{"u-1"}, true, true}};
    return made;
}

} // namespace

TEST_CASE("a merge patch changes what it names, and removes what it sets to null")
{
    session user;
    auto const made = user.create(full_site());
    auto const changed = user.patch(made->key(), R"({
        "metadata": {"labels": {"tier": null, "zone": "a"}},
        "spec": {"replicas": 4, "limit": null, "settings": {"colour": "red"}}})");
    auto expected = *made;
    expected.metadata.labels = {{"zone", "a"}};
    expected.metadata.generation = 2;
    expected.metadata.resource_version = revision{2};
    CHECK(changed->metadata == expected.metadata);
    CHECK(changed->spec.replicas == 4);
    CHECK_FALSE(changed->spec.limit);
    CHECK(changed->spec.settings.at("colour") == "red");
    CHECK(changed->spec.settings.contains("a.b/c"));
    CHECK(changed->spec.hosts == made->spec.hosts);
}

TEST_CASE("a patch that changes nothing makes no revision")
{
    session user;
    auto made = *user.create(full_site());
    made.status.phase = "Ready";
    auto const reported = user.update_status(made);
    CHECK(user.patch(made.key(), "{}") == reported);
    CHECK(user.patch(made.key(), R"({"spec": {"replicas": 3}})") == reported);
    CHECK(user.newest() == revision{2});
}

TEST_CASE("a patch of an applied object keeps who owns its fields")
{
    session user;
    auto const applied = user.apply_as("someone", full_site());
    CHECK(user.patch(applied->key(), "{}") == applied);
    auto const changed = user.patch(applied->key(), R"({"spec": {"replicas": 7}})");
    CHECK(changed->metadata.managed_fields == applied->metadata.managed_fields);
}

TEST_CASE("a merge patch keeps the status, a status patch keeps all else")
{
    session user;
    auto const made = user.create(full_site());
    auto const both = R"({"spec": {"replicas": 8}, "status": {"ready": 2},
                          "metadata": {"labels": {"zone": "a"}}})";
    auto const reported = user.patch(verb::patch_status, made->key(), patch_format::merge, both);
    CHECK(reported->status.ready == 2);
    CHECK(reported->spec.replicas == 3);
    CHECK(reported->metadata.labels == made->metadata.labels);
    CHECK(reported->metadata.generation == 1);
    auto const other = R"({"spec": {"replicas": 8}, "status": {"ready": 5}})";
    auto const patched = user.patch(made->key(), other);
    CHECK(patched->spec.replicas == 8);
    CHECK(patched->status.ready == 2);
}

TEST_CASE("a JSON patch is done as a whole")
{
    session user;
    auto const made = user.create(full_site());
    auto const changed = user.patch(verb::patch, made->key(), patch_format::json, R"([
        {"op": "test", "path": "/spec/replicas", "value": 3},
        {"op": "add", "path": "/spec/hosts/1", "value": "new.example"},
        {"op": "replace", "path": "/spec/replicas", "value": 4}])");
    CHECK(changed->spec.replicas == 4);
    CHECK(changed->spec.hosts ==
          std::vector<std::string>{"a.example", "new.example", "b.example"});
}

TEST_CASE("a JSON patch whose test fails is refused and changes nothing")
{
    session user;
    auto const made = user.create(full_site());
    auto const refused = refusal_of([&] {
        return user.patch(verb::patch, made->key(), patch_format::json, R"([
            {"op": "replace", "path": "/spec/image", "value": "other"},
            {"op": "test", "path": "/spec/replicas", "value": 99}])");
    });
    CHECK(refused.is(errc::invalid));
    CHECK(mentions(refused, "operation 1"));
    CHECK(mentions(refused, "/spec/replicas"));
    CHECK(user.find(made->key()) == made);
}

TEST_CASE("a revision in a patch is a precondition")
{
    session user;
    auto const made = user.create(full_site());
    auto const stale = R"({"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 4}})";
    CHECK(user.patch(made->key(), stale)->spec.replicas == 4);
    auto const refused = refusal_of([&] { return user.patch(made->key(), stale); });
    CHECK(refused.is(errc::conflict));
    CHECK(mentions(refused, "revision 1 was expected, but it is 2"));
    auto const free = R"({"metadata": {"resourceVersion": null}, "spec": {"replicas": 5}})";
    CHECK(user.patch(made->key(), free)->spec.replicas == 5);
}

TEST_CASE("a patch cannot change name, namespace, creation time or generation")
{
    session user;
    auto const made = user.create(full_site());
    auto const same = user.patch(made->key(), R"({"metadata": {
        "name": "other", "namespace": "other", "generation": 9, "managedFields": [],
        "creationTimestamp": "2001-01-01T00:00:00Z",
        "deletionTimestamp": "2001-01-01T00:00:00Z"}})");
    CHECK(same == made);
    CHECK(user.newest() == revision{1});
}

TEST_CASE("a patch that names another uid is a conflict")
{
    session user;
    auto const made = user.create(full_site());
    auto const refused = refusal_of(
        [&] { return user.patch(made->key(), R"({"metadata": {"uid": "another"}})"); });
    CHECK(refused.is(errc::conflict));
    CHECK(refused.path == "metadata.uid");
}

TEST_CASE("a patch of the wrong type says which field, and what was expected")
{
    session user;
    auto const made = user.create(full_site());
    auto const refused =
        refusal_of([&] { return user.patch(made->key(), R"({"spec": {"replicas": "many"}})"); });
    CHECK(refused.is(errc::invalid));
    CHECK(refused.path == "spec.replicas");
    CHECK(mentions(refused, "\"many\""));
    auto const kind = refusal_of([&] { return user.patch(made->key(), R"({"kind": "Note"})"); });
    CHECK(kind.path == "kind");
    CHECK(refusal_of([&] { return user.patch(made->key(), "[1]"); }).is(errc::invalid));
}

TEST_CASE("a patch of what is not there says so")
{
    session user;
    CHECK(refusal_of([&] { return user.patch(site_key("blog"), "{}"); }).is(errc::not_found));
}

TEST_CASE("a dry run of a patch writes nothing")
{
    session user;
    auto const made = user.create(full_site());
    auto const shown =
        user.patch(made->key(), R"({"spec": {"replicas": 4}})", write_options{}.dry_run());
    CHECK(shown->spec.replicas == 4);
    CHECK(user.find(made->key()) == made);
}
