// SPDX-License-Identifier: BSL-1.0
#include <converge/client/informer_set.hpp>

#include "informed.hpp"

using namespace client_test;

namespace {

/// Of the group and plural of `site`.
struct site_v2 {
    static constexpr converge::kind_name kind{"test.converge.dev/v2", "Site"};
    struct spec {
        double scale = 1;
    };
};
BOOST_DESCRIBE_STRUCT(site_v2::spec, (), (scale))

} // namespace

TEST_CASE("a set has one informer a kind, shared by all who ask")
{
    session user;
    informer_set set{user.server};
    auto const sites = set.of(type_of<site>());
    CHECK(set.of(type_of<site>()) == sites);
    CHECK(set.of(type_of<note>()) != sites);
    CHECK(set.all().size() == 2);
    user.start(sites->run());
    user.create(site_named("a"));
    CHECK(names(set.view_of<site>().all()) == lines{"a"});
}


TEST_CASE("a set refuses the informer of another struct of the same group and plural")
{
    session user;
    informer_set set{user.server};
    static_cast<void>(set.of(type_of<site>()));
    auto const refused = refusal_of([&] { return set.of(type_of<site_v2>()); });
    CHECK(refused.is(errc::invalid));
    CHECK(mentions(refused, "Site (test.converge.dev/v1)"));
    CHECK(mentions(refused, "Site (test.converge.dev/v2)"));
    CHECK(set.of(type_of<site>())->type().kind.api_version == "test.converge.dev/v1");
}
