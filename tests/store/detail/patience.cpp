// SPDX-License-Identifier: BSL-1.0
#include <converge/store/detail/patience.hpp>

#include <doctest/doctest.h>

using namespace converge;

namespace {

/// How many commits of 10 000 look for their end, if each that does ends as `look` says.
template <class Look>
int looks(detail::patience& of, Look look)
{
    int count = 0;
    for (int commit = 0; commit != 10'000; ++commit)
        if (of.pays()) {
            ++count;
            look(of);
        }
    return count;
}

} // namespace

TEST_CASE("a disk that answers soon is looked at each time")
{
    detail::patience on_disk;
    CHECK(looks(on_disk, [](auto& of) { of.found(); }) == 10'000);
}

TEST_CASE("a slow disk is looked at seldom, and each time again once it answers soon")
{
    detail::patience on_disk;
    auto const slow = looks(on_disk, [](auto& of) { of.tried_in_vain(false); });
    CHECK(slow > 8);
    CHECK(slow < 200);
    CHECK(looks(on_disk, [](auto& of) { of.found(); }) > 9'000);
}

TEST_CASE("a disk that is slow now and then is looked at each time")
{
    detail::patience on_disk;
    int turn = 0;
    auto const mostly = [&turn](auto& of) {
        if (++turn % 8 == 0)
            of.found();
        else
            of.tried_in_vain(false);
    };
    CHECK(looks(on_disk, mostly) == 10'000);
}

TEST_CASE("where others want the processor nobody looks for a while")
{
    detail::patience on_disk;
    REQUIRE(on_disk.pays());
    on_disk.tried_in_vain(true);
    CHECK_FALSE(on_disk.pays());
    CHECK(looks(on_disk, [](auto& of) { of.tried_in_vain(true); }) < 50);
}
