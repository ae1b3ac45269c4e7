// SPDX-License-Identifier: BSL-1.0
#include <converge/api/api.hpp>

#include "session.hpp"

using namespace converge;
using namespace api_test;

TEST_CASE("a status update keeps spec and metadata")
{
    session user;
    auto wanted = site_named("blog", 3);
    wanted.metadata.labels["tier"] = "web";
    auto const made = user.create(wanted);
    auto next = *made;
    next.status.ready = 2;
    next.spec.replicas = 9;
    next.metadata.labels.clear();
    next.metadata.finalizers = {"test/hold"};
    auto const updated = user.update_status(next);
    CHECK(updated->status.ready == 2);
    CHECK(updated->spec.replicas == 3);
    auto expected = made->metadata;
    expected.resource_version = revision{2};
    CHECK(updated->metadata == expected);
}

TEST_CASE("a status update does not raise the generation")
{
    session user;
    auto next = *user.create(site_named("blog"));
    next.status.phase = "Ready";
    CHECK(user.update_status(next)->metadata.generation == 1);
}

TEST_CASE("a status update that changes nothing makes no revision")
{
    session user;
    auto next = *user.create(site_named("blog"));
    next.status.ready = 1;
    auto const reported = user.update_status(next);
    CHECK(user.update_status(*reported) == reported);
    auto other_spec = *reported;
    other_spec.spec.replicas = 9;
    CHECK(user.update_status(other_spec) == reported);
    CHECK(user.newest() == revision{2});
}

TEST_CASE("a status update from a stale revision is a conflict")
{
    session user;
    auto const made = user.create(site_named("blog"));
    user.update(site_named("blog", 2));
    auto stale = *made;
    stale.status.ready = 1;
    auto const refused = refusal_of([&] { return user.update_status(stale); });
    CHECK(refused.is(errc::conflict));
    CHECK(mentions(refused, "revision 1 was expected, but it is 2"));
}

TEST_CASE("a status update of what is not there says so")
{
    session user;
    CHECK(refusal_of([&] { return user.update_status(site_named("blog")); }).is(errc::not_found));
}

TEST_CASE("a dry run of a status update writes nothing")
{
    session user;
    auto const made = user.create(site_named("blog"));
    auto next = *made;
    next.status.ready = 1;
    CHECK(user.update_status(next, write_options{}.dry_run())->status.ready == 1);
    CHECK(user.find(site_key("blog")) == made);
}
