// SPDX-License-Identifier: BSL-1.0
#include <converge/api/detail/expected_type.hpp>

#include "../session.hpp"

using namespace converge;
using namespace api_test;

namespace {

/// Of the group and plural of `site`, and with other members.
struct site_v2 {
    static constexpr converge::kind_name kind{"test.converge.dev/v2", "Site"};
    struct spec {
        double scale = 1;
    };
};
BOOST_DESCRIBE_STRUCT(site_v2::spec, (), (scale))

key<site_v2> const v2_key{"blog"};

/// Checks that `body` is refused because a site_v2 was asked for and a site is there.
template <class Body>
void check_refused(Body body)
{
    auto const refused = refusal_of(body);
    CHECK(refused.is(errc::invalid));
    CHECK(mentions(refused, "Site (test.converge.dev/v1) is what is held in "
                            "test.converge.dev/sites"));
    CHECK(mentions(refused, "Site (test.converge.dev/v2) was asked for"));
    CHECK(mentions(refused, "use one of them everywhere"));
}

task<> read_once(std::shared_ptr<transport> from, revision after)
{
    auto const stream = from->watch(watch_request{type_of<site_v2>(), after});
    co_await stream->next();
}

} // namespace

TEST_CASE("an object is never given out as one of another struct")
{
    session user;
    user.create(site_named("blog"));
    check_refused([&] { return user.find(v2_key); });
    check_refused([&] { return user.list<site_v2>(); });
    check_refused([&] { return user.run(user.client.renew(v2_key)); });
    check_refused([&] {
        user.run(read_once(user.server, revision{}));
        return 0;
    });
    CHECK(user.list<site>().size() == 1);
}

TEST_CASE("an object is never changed as one of another struct")
{
    session user;
    auto const made = user.create(site_named("blog"));
    check_refused([&] { return user.update(object<site_v2>{"blog"}); });
    check_refused([&] { return user.apply(object<site_v2>{"blog"}); });
    check_refused([&] { return user.patch(v2_key, R"({"spec": {"scale": 2}})"); });
    check_refused([&] { return user.remove(v2_key); });
    CHECK(user.find(made->key()) == made);
}

TEST_CASE("a watch tells of what it was asked for also where the object is gone")
{
    session user;
    auto const made = user.create(site_named("blog"));
    user.remove(made->key());
    check_refused([&] {
        user.run(read_once(user.server, made->metadata.resource_version));
        return 0;
    });
}
