// SPDX-License-Identifier: BSL-1.0
#include <converge/api/list_options.hpp>

#include "session.hpp"

using namespace converge;
using namespace api_test;

namespace {

using names = std::vector<std::string>;

object<site> site_in(std::string space, std::string name, std::string tier = {}, int replicas = 1)
{
    object<site> made{in_namespace{std::move(space)}, std::move(name)};
    made.spec.replicas = replicas;
    if (!tier.empty())
        made.metadata.labels["tier"] = std::move(tier);
    return made;
}

/// s0 … s9; every third is of the tier `web`.
void create_ten(session& user)
{
    for (int i = 0; i < 10; ++i)
        user.create(site_in("default", "s" + std::to_string(i), i % 3 == 0 ? "web" : "db"));
}

label_selector labels(char const* text)
{
    return label_selector::parse(text).value();
}

field_selector fields(char const* text)
{
    return field_selector::parse(text).value();
}

/// All pages, writing to the store between them.
names read_pages(session& user, list_options which, std::vector<std::size_t>* sizes = nullptr)
{
    names all;
    std::optional<revision> at;
    for (int round = 0;; ++round) {
        auto const page = user.list<site>(which);
        if (sizes)
            sizes->push_back(page.size());
        for (auto const& name : names_of(page))
            all.push_back(name);
        CHECK(page.at() == at.value_or(page.at()));
        at = page.at();
        if (page.token().empty())
            return all;
        which = std::move(which).continued(page.token());
        user.create(site_in("default", "s" + std::to_string(round) + "-late", "web"));
        user.remove(site_key("s" + std::to_string(9 - round)));
    }
}

} // namespace

TEST_CASE("a list shows one kind, in the order of namespace and name, at one revision")
{
    session user;
    for (auto const* name : {"b", "a", "a-1", "a.b"})
        user.create(site_in("prod", name));
    user.create(site_in("dev", "z"));
    user.create(object<note>{"other"});
    auto const all = user.list<site>();
    CHECK(names_of(all) == names{"z", "a", "a-1", "a.b", "b"});
    CHECK(all.at() == user.newest());
    CHECK(all.token().empty());
}

TEST_CASE("an empty list has a revision too")
{
    session user;
    user.create(object<note>{"other"});
    auto const all = user.list<site>();
    CHECK(all.empty());
    CHECK(all.at() == revision{1});
}

TEST_CASE("a list of a namespace leaves out others, whose names begin alike too")
{
    session user;
    user.create(site_in("prod", "a"));
    user.create(site_in("prod-2", "b"));
    CHECK(names_of(user.list<site>(in_namespace{"prod"})) == names{"a"});
    CHECK(names_of(user.list<site>(list_options{}.in("prod-2"))) == names{"b"});
    CHECK(user.list<site>(in_namespace{"pro"}).empty());
}

TEST_CASE("a list of a cluster-scoped kind needs no namespace")
{
    session user;
    user.create(object<machine>{"m2"});
    user.create(object<machine>{"m1"});
    CHECK(names_of(user.list<machine>()) == names{"m1", "m2"});
}

TEST_CASE("label selectors choose")
{
    session user;
    create_ten(user);
    CHECK(names_of(user.list<site>(list_options{}.matching(labels("tier=web")))) ==
          names{"s0", "s3", "s6", "s9"});
    CHECK(user.list<site>(list_options{}.matching(labels("tier notin (web,db)"))).empty());
    CHECK(user.list<site>(list_options{}.matching(labels("!tier"))).empty());
}

TEST_CASE("field selectors choose by any field, as text")
{
    session user;
    user.create(site_in("prod", "a", {}, 3));
    user.create(site_in("dev", "b", {}, 3));
    user.create(site_in("dev", "c", {}, 4));
    auto const chosen = [&](char const* text) {
        return names_of(user.list<site>(list_options{}.where(fields(text))));
    };
    CHECK(chosen("metadata.name=b") == names{"b"});
    CHECK(chosen("metadata.namespace!=prod") == names{"b", "c"});
    CHECK(chosen("spec.replicas=3") == names{"b", "a"});
    CHECK(chosen("spec.replicas=3,metadata.namespace=prod") == names{"a"});
    CHECK(chosen("spec.limit=") == names{"b", "c", "a"});
    CHECK(chosen("spec.nothing.there=x").empty());
}

TEST_CASE("pages show one revision while others write")
{
    session user;
    create_ten(user);
    std::vector<std::size_t> sizes;
    auto const all = read_pages(user, list_options{}.pages_of(4), &sizes);
    CHECK(all == names{"s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9"});
    CHECK(sizes == std::vector<std::size_t>{4, 4, 2});
}

TEST_CASE("a page is full with a selector too")
{
    session user;
    create_ten(user);
    std::vector<std::size_t> sizes;
    auto which = list_options{}.matching(labels("tier=web")).pages_of(3);
    CHECK(read_pages(user, std::move(which), &sizes) == names{"s0", "s3", "s6", "s9"});
    CHECK(sizes == std::vector<std::size_t>{3, 1});
}

TEST_CASE("the last page has no token, even if it is full")
{
    session user;
    create_ten(user);
    auto const page = user.list<site>(list_options{}.pages_of(10));
    CHECK(page.size() == 10);
    CHECK(page.token().empty());
}

TEST_CASE("a bad continue token is refused with the value and the remedy")
{
    session user;
    create_ten(user);
    user.create(object<note>{"other"});
    auto const token = user.list<site>(list_options{}.pages_of(4)).token();
    for (auto const& bad : {std::string{"nonsense"}, std::string{"12"}, std::string{":x"},
                            std::string{"-1:x"}, std::string{"0:"} + token}) {
        INFO("token: ", bad);
        auto const refused =
            refusal_of([&] { return user.list<site>(list_options{}.continued(bad)); });
        CHECK(refused.is(errc::invalid));
        CHECK(refused.path == "continue");
        CHECK(mentions(refused, bad));
        CHECK(mentions(refused, "list from the start"));
    }
}

TEST_CASE("a continue token of another list is refused")
{
    session user;
    create_ten(user);
    auto const token = user.list<site>(list_options{}.pages_of(4)).token();
    auto const other_kind =
        refusal_of([&] { return user.list<note>(list_options{}.continued(token)); });
    CHECK(other_kind.is(errc::invalid));
    CHECK(other_kind.path == "continue");
    auto const other_space =
        refusal_of([&] { return user.list<site>(list_options{}.in("prod").continued(token)); });
    CHECK(other_space.is(errc::invalid));
}

TEST_CASE("a continue token of another life of the store is gone")
{
    session before;
    create_ten(before);
    auto const token = before.list<site>(list_options{}.pages_of(4)).token();
    memory_store_options options;
    options.incarnation = 2;
    session user{std::make_shared<memory_store>(options)};
    create_ten(user);
    auto const refused =
        refusal_of([&] { return user.list<site>(list_options{}.continued(token)); });
    CHECK(refused.is(errc::gone));
    CHECK(refused.path == "continue");
    CHECK(mentions(refused, "list from the start"));
}

TEST_CASE("a continue token whose revision left the history is gone")
{
    session user;
    create_ten(user);
    auto const token = user.list<site>(list_options{}.pages_of(4)).token();
    user.create(site_in("default", "late"));
    user.store->compact(user.newest());
    auto const refused =
        refusal_of([&] { return user.list<site>(list_options{}.continued(token)); });
    CHECK(refused.is(errc::gone));
    CHECK(mentions(refused, "list again"));
}
