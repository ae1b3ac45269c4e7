// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/detail/near_miss.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace {

using converge::detail::near_miss;
using converge::detail::slips_between;

std::string meant(std::string_view typed)
{
    near_miss best{typed};
    for (std::string_view const name : {"replicas", "image", "ports", "podIP", "ip"})
        best.consider(name);
    return std::string{best.best()};
}

TEST_CASE("changes, insertions, omissions and swaps are one slip each, case is none")
{
    CHECK(slips_between("image", "image") == 0);
    CHECK(slips_between("Image", "iMAGE") == 0);
    CHECK(slips_between("imege", "image") == 1);
    CHECK(slips_between("images", "image") == 1);
    CHECK(slips_between("imge", "image") == 1);
    CHECK(slips_between("iamge", "image") == 1);
    CHECK(slips_between("", "image") == 5);
}

TEST_CASE("the nearest name is suggested if it is near enough")
{
    CHECK(meant("replcas") == "replicas");
    CHECK(meant("relpicas") == "replicas");
    CHECK(meant("port") == "ports");
    CHECK(meant("podIp") == "podIP");
    CHECK(meant("volumes").empty());
    CHECK(meant("x").empty());
    CHECK(meant("").empty());
    CHECK(meant(std::string(10'000, 'r')).empty());
}

} // namespace
