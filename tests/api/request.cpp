// SPDX-License-Identifier: BSL-1.0
#include <converge/api/request.hpp>

#include "session.hpp"

using namespace converge;
using namespace api_test;

namespace {

object<site> site_in_no_namespace(int replicas = 1)
{
    auto made = site_named("blog", replicas);
    made.metadata.namespace_.clear();
    return made;
}

key<site> const nowhere{in_namespace{""}, "blog"};

} // namespace

TEST_CASE("who names no namespace means the default one, with every verb")
{
    session user;
    auto const made = user.create(site_in_no_namespace());
    CHECK(made->metadata.namespace_ == "default");
    CHECK(user.find(nowhere) == made);
    CHECK(user.run(user.client.get(nowhere)) == made);
    CHECK(user.update(site_in_no_namespace(2))->metadata.uid == made->metadata.uid);
    CHECK(user.apply(site_in_no_namespace(3))->metadata.uid == made->metadata.uid);
    CHECK(user.patch(nowhere, R"({"spec": {"replicas": 4}})")->spec.replicas == 4);
    auto reported = site_in_no_namespace();
    reported.status.ready = 1;
    CHECK(user.update_status(reported)->status.ready == 1);
    auto const seen = user.start(user.client.wait_gone(nowhere));
    CHECK_FALSE(seen->done);
    user.remove(nowhere);
    CHECK(seen->done);
    CHECK(user.find(made->key()) == nullptr);
}

TEST_CASE("apply creates in the default namespace what names none, once")
{
    session user;
    auto const made = user.apply(site_in_no_namespace());
    CHECK(made->metadata.namespace_ == "default");
    CHECK(user.apply(site_in_no_namespace()) == made);
    CHECK(user.find(site_key("blog")) == made);
    CHECK(user.list<site>().size() == 1);
}

TEST_CASE("cluster-scoped objects have no namespace, and a list without one means all")
{
    session user;
    CHECK(user.create(object<machine>{"m1"})->metadata.namespace_.empty());
    CHECK(user.find(key<machine>{"m1"}) != nullptr);
    user.create(object<site>{in_namespace{"dev"}, "a"});
    user.create(object<site>{in_namespace{"prod"}, "a"});
    CHECK(user.list<site>().size() == 2);
}

TEST_CASE("what is refused is named with the namespace that was meant")
{
    session user;
    auto const absent = refusal_of([&] { return user.run(user.client.get(nowhere)); });
    CHECK(absent.what() == "Site default/blog: there is no such object");
}
