// SPDX-License-Identifier: BSL-1.0
#include <converge/client/view.hpp>

#include "informed.hpp"

#include <converge/model/owner_references.hpp>

using namespace client_test;
using namespace std::chrono_literals;

namespace {

struct by_image : index_of<site> {
    static std::string const& value(object<site> const& of) { return of.spec.image; }
};

struct by_first_host : index_of<site> {
    static std::string value(object<site> const& of)
    {
        if (of.spec.hosts.empty())
            throw error{errc::invalid, "no host"};
        return of.spec.hosts.front();
    }
};

struct by_host : index_of<site> {
    static std::vector<std::string> const& value(object<site> const& of) { return of.spec.hosts; }
};

struct by_phase : index_of<site> {
    static std::optional<std::string_view> value(object<site> const& of)
    {
        if (of.status.phase.empty())
            return std::nullopt;
        return of.status.phase;
    }
};

object<site> site_of(std::string name, std::string image)
{
    auto made = site_named(std::move(name));
    made.spec.image = std::move(image);
    return made;
}

} // namespace

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
    view<site, by_image> const sites{user.sites};
    user.start(user.sites->run());
    user.create(site_of("a", "x"));
    user.create(site_of("b", "x"));
    CHECK(names(sites.by<by_image>("x")) == lines{"a", "b"});
    user.create(site_of("c", "x"));
    user.update(site_of("a", "y"));
    CHECK(names(sites.by<by_image>("x")) == lines{"b", "c"});
    CHECK(names(sites.by<by_image>("y")) == lines{"a"});
    user.remove(site_key("b"));
    CHECK(names(sites.by<by_image>("x")) == lines{"c"});
    CHECK(sites.by<by_image>("z").empty());
}

TEST_CASE("an index follows the difference that is told after a gap")
{
    informed user;
    view<site, by_image> const sites{user.sites};
    user.start(user.sites->run());
    user.create(site_of("a", "x"));
    user.create(site_of("b", "x"));
    CHECK(sites.by<by_image>("x").size() == 2);
    *user.link->watches_fail = errc::gone;
    user.update(site_of("a", "y"));
    user.remove(site_key("b"));
    *user.link->watches_fail = std::nullopt;
    user.advance(1s);
    CHECK(sites.by<by_image>("x").empty());
    CHECK(names(sites.by<by_image>("y")) == lines{"a"});
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

TEST_CASE("an index function that throws leaves that object out of that index, and is told of")
{
    informed user;
    view<site, by_image, by_first_host> const sites{user.sites};
    auto lost = site_named("lost");
    user.create(lost);
    user.start(user.sites->run());
    CHECK(sites.by<by_first_host>("h").empty());
    CHECK(user.log->records().size() == 1);
    auto const told = user.log->records()[0];
    CHECK(to_string(told.object) == "Site default/lost");
    CHECK(told.fields == std::vector<log_field>{{"why", "no host"}});
    auto good = site_named("good");
    good.spec.hosts = {"h"};
    user.create(good);
    user.create(site_named("other"));
    CHECK(names(sites.by<by_first_host>("h")) == lines{"good"});
    CHECK(names(sites.by<by_image>("site:1")) == lines{"good", "lost", "other"});
    lost.spec.hosts = {"h"};
    user.update(lost);
    CHECK(names(sites.by<by_first_host>("h")) == lines{"good", "lost"});
    user.update(site_named("good"));
    user.remove(site_key("other"));
    CHECK(names(sites.by<by_first_host>("h")) == lines{"lost"});
    CHECK(user.take() ==
          lines{"+lost 1", "+good 1", "+other 1", "lost 1>1", "good 1>1", "-other 1"});
    CHECK(user.sites->lists() == 1);
    CHECK(user.log->records().size() == 3);
}
