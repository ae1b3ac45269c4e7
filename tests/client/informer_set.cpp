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

TEST_CASE("a set lends an informer that runs while somebody has it, and frees it then")
{
    session user;
    informer_set set{user.server};
    user.create(site_named("a"));
    set.lend_by([&](task<> body) {
        auto const begun = user.start(std::move(body));
        return [begun] { begun->cancel.emit(boost::asio::cancellation_type::terminal); };
    });
    auto first = set.borrow(type_of<site>());
    auto second = set.borrow(type_of<site>());
    CHECK(first == second);
    CHECK(first->synced());
    CHECK(first->cache().size() == 1);
    CHECK(set.all().empty());
    CHECK(refusal_of([&] { return set.borrow(type_of<site_v2>()); }).is(errc::invalid));
    std::weak_ptr<detail::object_cache const> const held = first->shared_cache();
    first.reset();
    user.settle();
    user.create(site_named("b"));
    CHECK(second->cache().size() == 2);
    second.reset();
    user.settle();
    CHECK(held.expired());
    CHECK(set.borrow(type_of<site>())->cache().size() == 2);
}

TEST_CASE("a set lends what it has anyway")
{
    session user;
    informer_set set{user.server};
    auto const sites = set.of(type_of<site>());
    CHECK(set.borrow(type_of<site>()) == sites);
    CHECK(refusal_of([&] { return set.borrow(type_of<site_v2>()); }).is(errc::invalid));
}

TEST_CASE("an informer that is given back before it has begun asks for nothing")
{
    session user;
    informer_set set{user.server};
    std::vector<task<>> bodies;
    set.lend_by([&](task<> body) {
        bodies.push_back(std::move(body));
        return [] {};
    });
    std::weak_ptr<informer> lent = set.borrow(type_of<site>());
    REQUIRE(bodies.size() == 1);
    auto const ran = user.start(std::move(bodies[0]));
    CHECK(ran->done);
    bodies.clear();
    CHECK(lent.expired());
}
