// SPDX-License-Identifier: BSL-1.0
#include <converge/api/api.hpp>

#include "session.hpp"

using namespace converge;
using namespace api_test;
using namespace std::chrono_literals;

TEST_CASE("a create gives uid, generation 1, revision and a creation time in whole seconds")
{
    session user;
    auto const made = user.create(site_named("blog", 3));
    auto const& meta = made->metadata;
    CHECK(meta.uid.str().size() == 36);
    CHECK(meta.generation == 1);
    CHECK(meta.resource_version == user.newest());
    CHECK(user.newest() == revision{1});
    auto const expected = std::chrono::sys_days{std::chrono::year{2030} / 1 / 1} + 1h + 1s;
    CHECK(meta.creation_timestamp == expected);
    CHECK_FALSE(meta.being_deleted());
    CHECK(made->spec.replicas == 3);
    CHECK(user.find(site_key("blog")) == made);
}

TEST_CASE("two objects have two uids")
{
    session user;
    CHECK(user.create(site_named("a"))->metadata.uid != user.create(site_named("b"))->metadata.uid);
}

TEST_CASE("what only the api may set is not taken from the caller of a create")
{
    session user;
    auto wanted = site_named("blog");
    wanted.status.ready = 7;
    wanted.metadata.uid = uid{"mine"};
    wanted.metadata.generation = 12;
    wanted.metadata.deletion_timestamp = timestamp{};
    wanted.metadata.deletion_grace_period_seconds = 5;
    wanted.metadata.managed_fields.push_back({"me", "Apply", R"({"f:spec":{}})"});
    auto const made = user.create(wanted);
    CHECK(made->status.ready == 0);
    CHECK(made->metadata.uid.str() != "mine");
    CHECK(made->metadata.generation == 1);
    CHECK_FALSE(made->metadata.being_deleted());
    CHECK_FALSE(made->metadata.deletion_grace_period_seconds);
    CHECK(made->metadata.managed_fields.empty());
}

TEST_CASE("generate_name makes a name of its prefix and a suffix, another one each time")
{
    session user;
    object<site> wanted;
    wanted.metadata.generate_name = "blog-";
    auto const first = user.create(wanted);
    auto const second = user.create(wanted);
    CHECK(first->metadata.name.starts_with("blog-"));
    CHECK(first->metadata.name.size() == 10);
    CHECK(first->metadata.name != second->metadata.name);
    wanted.metadata.name = "chosen";
    CHECK(user.create(wanted)->metadata.name == "chosen");
}

TEST_CASE("an object without a namespace is created in the default one, or in none")
{
    session user;
    object<site> wanted;
    wanted.metadata.name = "blog";
    CHECK(user.create(wanted)->metadata.namespace_ == "default");
    CHECK(user.create(object<machine>{"m1"})->metadata.namespace_.empty());
}

TEST_CASE("a refused name says field, value and remedy")
{
    session user;
    auto const refused = refusal_of([&] { return user.create(site_named("Blog!")); });
    CHECK(refused.is(errc::invalid));
    CHECK(refused.path == "metadata.name");
    CHECK(mentions(refused, "\"Blog!\""));
    CHECK(mentions(refused, "use lower-case letters"));
    CHECK(refused.object.kind == "Site");
    CHECK(refused.object.name == "Blog!");
    CHECK(user.newest() == revision{});
}

TEST_CASE("an object without any name is refused")
{
    session user;
    auto const refused = refusal_of([&] { return user.create(object<site>{}); });
    CHECK(refused.is(errc::invalid));
    CHECK(refused.path == "metadata.name");
}

TEST_CASE("namespaces, labels, finalizers and owners are checked where they stand")
{
    session user;
    auto const path_of = [&](object<site> const& wanted) {
        auto const refused = refusal_of([&] { return user.create(wanted); });
        CHECK(refused.is(errc::invalid));
        return refused.path;
    };
    auto spaced = site_named("a");
    spaced.metadata.namespace_ = "no.dots";
    CHECK(path_of(spaced) == "metadata.namespace");
    auto labelled = site_named("a");
    labelled.metadata.labels["bad key"] = "x";
    CHECK(path_of(labelled) == "metadata.labels");
    labelled.metadata.labels = {{"tier", "not a value"}};
    CHECK(path_of(labelled) == "metadata.labels[tier]");
    auto annotated = site_named("a");
    annotated.metadata.annotations["bad key"] = "any text, whatever it is";
    CHECK(path_of(annotated) == "metadata.annotations");
    auto held = site_named("a");
    held.metadata.finalizers = {"no spaces"};
    CHECK(path_of(held) == "metadata.finalizers");
    auto owned = site_named("a");
    owned.metadata.owner_references.resize(1);
    owned.metadata.owner_references[0].name = "b";
    CHECK(path_of(owned) == "metadata.ownerReferences[0].uid");
    CHECK(user.newest() == revision{});
}

TEST_CASE("an object has at most one controller")
{
    session user;
    auto wanted = site_named("a");
    auto const b = user.create(site_named("b"));
    auto const c = user.create(site_named("c"));
    wanted.metadata.owner_references = {controller_reference(*b), controller_reference(*c)};
    auto const refused = refusal_of([&] { return user.create(wanted); });
    CHECK(refused.is(errc::invalid));
    CHECK(refused.path == "metadata.ownerReferences[1].controller");
    CHECK(mentions(refused, "Site b"));
}

TEST_CASE("a cluster-scoped object has no namespace")
{
    session user;
    object<machine> const wanted{in_namespace{"prod"}, "m1"};
    auto const refused = refusal_of([&] { return user.create(wanted); });
    CHECK(refused.is(errc::invalid));
    CHECK(refused.path == "metadata.namespace");
    CHECK(mentions(refused, "leave the namespace out"));
}

TEST_CASE("a create of an object that carries a revision is refused")
{
    session user;
    auto const made = user.create(site_named("blog"));
    auto again = *made;
    again.metadata.name = "blog-2";
    auto const refused = refusal_of([&] { return user.create(again); });
    CHECK(refused.is(errc::invalid));
    CHECK(refused.path == "metadata.resourceVersion");
    CHECK(mentions(refused, "\"1\""));
}

TEST_CASE("a name that is taken is refused, and the object stays what it was")
{
    session user;
    auto const made = user.create(site_named("blog", 3));
    auto const refused = refusal_of([&] { return user.create(site_named("blog", 5)); });
    CHECK(refused.is(errc::already_exists));
    CHECK(to_string(refused.object) == "Site default/blog");
    CHECK(user.find(site_key("blog")) == made);
    CHECK(user.newest() == revision{1});
}

TEST_CASE("one name may be used by each kind and in each namespace")
{
    session user;
    user.create(site_named("blog"));
    user.create(object<note>{"blog"});
    user.create(object<site>{in_namespace{"prod"}, "blog"});
    CHECK(user.newest() == revision{3});
}

TEST_CASE("a dry run of a create answers as if it were done, and writes nothing")
{
    session user;
    auto const shown = user.create(site_named("blog", 3), write_options{}.dry_run());
    CHECK(shown->spec.replicas == 3);
    CHECK(shown->metadata.generation == 1);
    CHECK(user.find(site_key("blog")) == nullptr);
    CHECK(user.newest() == revision{});
    user.create(site_named("blog"));
    auto const refused =
        refusal_of([&] { return user.create(site_named("blog"), write_options{}.dry_run()); });
    CHECK(refused.is(errc::already_exists));
}
