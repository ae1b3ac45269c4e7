// SPDX-License-Identifier: BSL-1.0
#include <converge/work/detail/tenants.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

TEST_CASE("a tenant is known while the queue knows a key of it, and asked for its weight anew then")
{
    int asked = 0;
    converge::queue_options<std::string> how;
    how.tenant_of = [](std::string const& key) { return std::string_view{key}.substr(0, 1); };
    how.weight_of = [&asked](std::string_view tenant) {
        ++asked;
        return tenant == "b" ? 3u : 0u;
    };
    converge::detail::tenants<std::string> known{std::move(how)};
    auto& a = known.enter("a1");
    auto& b = known.enter("b1");
    CHECK(&known.enter("a2") == &a);
    CHECK(a.weight == 1);
    CHECK(b.weight == 3);
    CHECK(asked == 2);
    known.leave(a);
    CHECK(&known.enter("a3") == &a);
    CHECK(asked == 2);
    known.leave(a);
    known.leave(a);
    CHECK(known.enter("a1").keys == 1);
    CHECK(asked == 3);
}
