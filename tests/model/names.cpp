// SPDX-License-Identifier: BSL-1.0
#include <converge/model/names.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace converge;

namespace {

using check = result<void> (*)(std::string_view);

void accepts(check rule, std::string_view value)
{
    CAPTURE(value);
    CHECK(rule(value).has_value());
}

/// The message has the value in quotes, and `hint`.
void refuses(check rule, std::string_view value, std::string_view hint)
{
    CAPTURE(value);
    auto const checked = rule(value);
    REQUIRE(!checked);
    CHECK(checked.error().is(errc::invalid));
    CHECK(checked.error().message.find('"' + std::string{value.substr(0, 40)}) == 0);
    CHECK(checked.error().message.find(hint) != std::string::npos);
}

std::string times(std::size_t count, char c) { return std::string(count, c); }

} // namespace

TEST_CASE("a DNS label is lower case, starts and ends with a letter or digit, has 63 characters")
{
    for (std::string_view const good : {"a", "0", "blog-1", "a--b", "123"})
        accepts(&check_dns_label, good);
    accepts(&check_dns_label, times(63, 'a'));
    for (std::string_view const bad : {"", "-a", "a-", "A", "a.b", "a_b", "a b", "\xc3\xa9"})
        refuses(&check_dns_label, bad, "as in blog-1");
    refuses(&check_dns_label, times(64, 'a'), "64 characters, the limit is 63");
}

TEST_CASE("a DNS subdomain is labels joined by dots of 253 characters")
{
    for (std::string_view const good : {"a", "a.b", "blog-1.example.com", "1.2.3"})
        accepts(&check_dns_subdomain, good);
    accepts(&check_dns_subdomain, times(126, 'a') + "." + times(126, 'b'));
    for (std::string_view const bad : {"", ".", "a.", ".a", "a..b", "a.-b", "a-.b", "a.B", "a/b"})
        refuses(&check_dns_subdomain, bad, "as in blog-1.example.com");
    refuses(&check_dns_subdomain, times(254, 'a'), "254 characters, the limit is 253");
}

TEST_CASE("a label value is empty or starts and ends with a letter or digit")
{
    for (std::string_view const good : {"", "a", "A", "web_2.1", "a-b", "0"})
        accepts(&check_label_value, good);
    accepts(&check_label_value, times(63, 'Z'));
    for (std::string_view const bad : {"-", "a-", "_a", "a.", "a b", "a/b", "a=b"})
        refuses(&check_label_value, bad, "as in web_2.1");
    refuses(&check_label_value, times(64, 'Z'), "the limit is 63");
}

TEST_CASE("a qualified name is a name after an optional subdomain and a slash")
{
    for (std::string_view const good :
         {"app", "App_2.x", "example.com/app", "a/b", "kubernetes.io/arch"})
        accepts(&check_qualified_name, good);
    accepts(&check_qualified_name, times(253, 'a') + "/" + times(63, 'b'));
    for (std::string_view const bad :
         {"", "/", "/app", "example.com/", "a/b/c", "Example.com/app", "-app", "a b", "a_b/c"})
        refuses(&check_qualified_name, bad, "as in app or example.com/app");
    refuses(&check_qualified_name, times(64, 'b'), "the name has 64 characters, the limit is 63");
    refuses(&check_qualified_name, times(254, 'a') + "/b", "256 characters, the limit is 255");
}

TEST_CASE("messages stay one short line whatever the value holds")
{
    auto const message = check_dns_label(times(5000, '\n')).error().message;
    CHECK(message.size() < 300);
    CHECK(message.find('\n') == std::string::npos);
}
