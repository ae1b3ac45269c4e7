// SPDX-License-Identifier: BSL-1.0
#include <converge/api/lease_keeper.hpp>

#include "session.hpp"

using namespace converge;
using namespace api_test;
using namespace std::chrono_literals;

namespace {

write_options for_ten_seconds()
{
    return write_options{}.expiring_after(10s);
}

void renew(session& user, key<site> id)
{
    user.run(user.client.renew(std::move(id)));
}

} // namespace

TEST_CASE("an object that was created expiring goes when it is not renewed")
{
    session user;
    user.housekeep();
    user.create(site_named("blog"), for_ten_seconds());
    user.advance(9s);
    CHECK(user.find(site_key("blog")) != nullptr);
    user.advance(2s);
    CHECK(user.find(site_key("blog")) == nullptr);
}

TEST_CASE("a span is kept also if another api of the same store granted it")
{
    session user;
    user.housekeep();
    client const other{user.store};
    user.run(other.create(site_named("blog"), for_ten_seconds()));
    user.advance(11s);
    CHECK(user.find(site_key("blog")) == nullptr);
}

TEST_CASE("an object that is renewed stays, and renewing writes nothing")
{
    session user;
    user.housekeep();
    auto const made = user.create(site_named("blog"), for_ten_seconds());
    for (int i = 0; i < 5; ++i) {
        user.advance(8s);
        renew(user, site_key("blog"));
    }
    CHECK(user.find(site_key("blog")) == made);
    CHECK(user.newest() == revision{1});
    user.advance(11s);
    CHECK(user.find(site_key("blog")) == nullptr);
}

TEST_CASE("writing an object is not renewing it, and does not free it from its span")
{
    session user;
    user.housekeep();
    auto next = *user.create(site_named("blog"), for_ten_seconds());
    user.advance(8s);
    next.spec.replicas = 2;
    next = *user.update(next);
    next.status.ready = 1;
    user.update_status(next);
    user.advance(3s);
    CHECK(user.find(site_key("blog")) == nullptr);
}

TEST_CASE("objects end in the order of their spans, whichever was created first")
{
    session user;
    user.housekeep();
    user.create(site_named("long"), write_options{}.expiring_after(1min));
    user.create(site_named("short"), write_options{}.expiring_after(1s));
    user.create(site_named("endless"));
    user.advance(2s);
    CHECK(names_of(user.list<site>()) == std::vector<std::string>{"endless", "long"});
    user.advance(1min);
    CHECK(names_of(user.list<site>()) == std::vector<std::string>{"endless"});
}

TEST_CASE("apply creates expiring objects too")
{
    session user;
    user.housekeep();
    user.apply(site_named("blog"), for_ten_seconds());
    user.advance(11s);
    CHECK(user.find(site_key("blog")) == nullptr);
}

TEST_CASE("an object that was created again after its end lives its own span")
{
    session user;
    user.housekeep();
    user.create(site_named("blog"), for_ten_seconds());
    user.advance(11s);
    REQUIRE(user.find(site_key("blog")) == nullptr);
    user.create(site_named("blog"), for_ten_seconds());
    user.advance(9s);
    CHECK(user.find(site_key("blog")) != nullptr);
    user.advance(2s);
    CHECK(user.find(site_key("blog")) == nullptr);
}

TEST_CASE("an object that was removed takes its span along")
{
    session user;
    user.housekeep();
    user.create(site_named("blog"), for_ten_seconds());
    user.remove(site_key("blog"));
    auto const second = user.create(site_named("blog"));
    user.advance(20s);
    CHECK(user.find(site_key("blog")) == second);
}

TEST_CASE("what has no span cannot be renewed, and the refusal says what to do")
{
    session user;
    auto const absent = refusal_of([&] { return user.run(user.client.renew(site_key("blog"))); });
    CHECK(absent.is(errc::not_found));
    CHECK(mentions(absent, "Site default/blog"));
    user.create(site_named("blog"));
    auto const endless = refusal_of([&] { return user.run(user.client.renew(site_key("blog"))); });
    CHECK(endless.is(errc::not_found));
    CHECK(mentions(endless, "create it again"));
}

TEST_CASE("a span that has ended cannot be renewed, though the object may still be there")
{
    session user;
    user.create(site_named("blog"), for_ten_seconds());
    user.advance(11s);
    REQUIRE(user.find(site_key("blog")) != nullptr);
    auto const refused = refusal_of([&] { return user.run(user.client.renew(site_key("blog"))); });
    CHECK(refused.is(errc::not_found));
    CHECK(mentions(refused, "has ended"));
}

TEST_CASE("a span that is not above zero is refused")
{
    session user;
    auto const refused = refusal_of(
        [&] { return user.create(site_named("blog"), write_options{}.expiring_after(0s)); });
    CHECK(refused.is(errc::invalid));
    CHECK(mentions(refused, "Site default/blog"));
    CHECK(user.find(site_key("blog")) == nullptr);
}

TEST_CASE("a dry run of an expiring create leaves nothing that could expire")
{
    session user;
    user.create(site_named("blog"), for_ten_seconds().dry_run());
    CHECK(user.store->stats().leases == 0);
}

TEST_CASE("nor does an expiring create that is refused")
{
    session user;
    user.create(site_named("blog"));
    auto const refused =
        refusal_of([&] { return user.create(site_named("blog"), for_ten_seconds()); });
    CHECK(refused.is(errc::already_exists));
    CHECK(user.store->stats().leases == 0);
}
