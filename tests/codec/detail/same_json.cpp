// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/detail/same_json.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

namespace {

using boost::json::value;
using converge::detail::same_json;

TEST_CASE("numbers are the same if their values are exactly the same")
{
    CHECK(same_json(value(1), value(1.0)));
    CHECK(same_json(value(1.0), value(std::uint64_t{1})));
    CHECK(same_json(value(std::int64_t{1}), value(std::uint64_t{1})));
    CHECK(same_json(value(-0.0), value(0)));
    CHECK(same_json(value(9223372036854775808.0), value(std::uint64_t{1} << 63)));
    CHECK_FALSE(same_json(value(1), value(1.5)));
    CHECK_FALSE(same_json(value(9007199254740993), value(9007199254740992.0)));
    CHECK_FALSE(
        same_json(value(std::numeric_limits<std::uint64_t>::max()), value(18446744073709551616.0)));
    CHECK_FALSE(same_json(value(0), value(1e300)));
    CHECK_FALSE(same_json(value(0), value(false)));
    CHECK_FALSE(same_json(value(0), value(nullptr)));
}

TEST_CASE("the order of members does not count, that of elements does")
{
    CHECK(same_json(value({{"a", 1}, {"b", 2}}), value({{"b", 2.0}, {"a", 1}})));
    CHECK_FALSE(same_json(value({{"a", 1}}), value({{"b", 1}})));
    CHECK_FALSE(same_json(value({{"a", 1}}), value({{"a", 1}, {"b", 2}})));
    CHECK_FALSE(same_json(boost::json::array{1, 2}, boost::json::array{2, 1}));
    CHECK_FALSE(same_json(boost::json::array{1}, boost::json::array{1, 2}));
    CHECK_FALSE(same_json(boost::json::array{}, boost::json::object{}));
}

} // namespace
