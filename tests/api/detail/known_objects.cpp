// SPDX-License-Identifier: BSL-1.0
#include <converge/api/detail/known_objects.hpp>

#include "../session.hpp"

#include <map>
#include <random>
#include <string>

using namespace converge;
using namespace api_test;

namespace {

any_object site_of(std::string const& life, std::string const& name)
{
    auto made = std::make_shared<object<site>>();
    made->metadata.uid = uid{life};
    made->metadata.name = name;
    return any_object{object_ptr<site>{std::move(made)}};
}

} // namespace

TEST_CASE("known objects: whatever comes and goes, each uid has what was put last")
{
    detail::known_objects known;
    std::map<std::string, std::string> expected;
    std::minstd_rand random{7};
    for (int step = 0; step != 20'000; ++step) {
        auto const life = std::to_string(random() % 300);
        auto const name = std::to_string(step);
        auto const before = expected.find(life);
        bool const was_there = before != expected.end();
        any_object replaced;
        if (random() % 3 == 0)
            replaced = known.take(uid{life});
        else
            replaced = known.put(site_of(life, name));
        REQUIRE(static_cast<bool>(replaced) == was_there);
        if (was_there)
            REQUIRE(replaced.metadata().name == before->second);
        auto const* const now = known.find(uid{life});
        if (now != nullptr)
            expected[life] = now->metadata().name;
        else
            expected.erase(life);
        if (now != nullptr)
            REQUIRE(now->metadata().name == name);
    }
    std::map<std::string, std::string> all;
    known.for_each(
        [&](any_object const& each) { all[each.metadata().uid.str()] = each.metadata().name; });
    CHECK(all == expected);
}

TEST_CASE("known objects: what was taken is let go")
{
    detail::known_objects known;
    auto made = std::make_shared<object<site>>();
    made->metadata.uid = uid{"a"};
    std::weak_ptr<void const> const alive = made;
    known.put(any_object{object_ptr<site>{std::move(made)}});
    REQUIRE_FALSE(alive.expired());
    (void)known.take(uid{"a"});
    CHECK(alive.expired());
}
