// SPDX-License-Identifier: BSL-1.0
#include <converge/observe/detail/fact_hash.hpp>

#include <doctest/doctest.h>

#include <string>

using converge::detail::event_name;
using converge::detail::fact_hash;

TEST_CASE("texts are hashed with their ends")
{
    auto const left = fact_hash{}.add("ab").add("c").value();
    CHECK(left == fact_hash{}.add("ab").add("c").value());
    CHECK(left != fact_hash{}.add("a").add("bc").value());
    CHECK(left != fact_hash{}.add("ab").add("c").add("").value());
}

TEST_CASE("a cut name does not end its part in a dot or dash")
{
    auto const object = std::string(234, 'a') + "-." + std::string(17, 'b');
    CHECK(event_name(object, 1) == std::string(234, 'a') + ".0000000000000001");
    CHECK(event_name("", 0xabc) == "0000000000000abc");
}
