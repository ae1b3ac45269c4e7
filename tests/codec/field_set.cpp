// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/field_set.hpp>

#include <converge/codec/parse_json.hpp>

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using converge::field_set;

boost::json::value json(std::string_view text) { return converge::parse_json(text).value(); }

field_set fields_of(std::string_view document) { return field_set::of(json(document)); }

std::string after_removal(std::string_view document, field_set const& fields)
{
    auto value = json(document);
    fields.remove_from(value);
    return boost::json::serialize(value);
}

TEST_CASE("objects are trees; arrays, scalars, null and empty objects are leaves")
{
    auto const fields = fields_of(R"({"spec":{"replicas":3,"ports":[{"port":80}],"selector":{},
                                      "paused":null},"data":{"key":"value"}})");
    CHECK(fields.str() == R"({"f:data":{"f:key":{}},"f:spec":{"f:paused":{},"f:ports":{},)"
                          R"("f:replicas":{},"f:selector":{}}})");
    CHECK(fields.contains({"spec", "replicas"}));
    CHECK(fields.contains({"spec", "ports"}));
    CHECK_FALSE(fields.contains({"spec"}));
    CHECK_FALSE(fields.contains({"spec", "image"}));
    CHECK_FALSE(fields.contains({"spec", "ports", "port"}));
}

TEST_CASE("an empty document has no fields")
{
    CHECK(fields_of("{}").empty());
    CHECK(fields_of("{}") == field_set{});
    CHECK(field_set{}.str() == "{}");
}

TEST_CASE("reading the text of a set gives the set")
{
    auto const fields = fields_of(R"({"a":{"b":1,"c":{"d":2}},"e.f/g":[1]})");
    CHECK(field_set::parse(fields.str()).value() == fields);
    CHECK(field_set::parse("").value().empty());
    CHECK(field_set::parse("{}").value().empty());

    auto with_parent = fields;
    with_parent.insert({"a", "c"});
    CHECK(with_parent.str() == R"({"f:a":{"f:b":{},"f:c":{".":{},"f:d":{}}},"f:e.f/g":{}})");
    CHECK(field_set::parse(with_parent.str()).value() == with_parent);
}

TEST_CASE("items of lists that another server tracks count as the whole list")
{
    auto const fields = field_set::parse(
        R"({"f:spec":{"f:ports":{".":{},"k:{\"port\":80}":{".":{},"f:port":{}}}},
            "f:metadata":{"f:finalizers":{"v:\"x\"":{}}}})");
    REQUIRE(fields.has_value());
    CHECK(fields->contains({"spec", "ports"}));
    CHECK(fields->contains({"metadata", "finalizers"}));
    CHECK(fields->paths() == std::vector<std::string>{"metadata.finalizers", "spec.ports"});
}

TEST_CASE("text that is no field set is refused with its path")
{
    CHECK(field_set::parse("[").error().is(converge::errc::invalid));
    CHECK(field_set::parse("[]").has_error());
    auto const wrong = field_set::parse(R"({"f:spec":{"replicas":{}}})");
    REQUIRE(wrong.has_error());
    CHECK(wrong.error().path == "f:spec.replicas");
    CHECK(field_set::parse(R"({"f:spec":1})").error().path == "f:spec");
}

TEST_CASE("union, difference and intersection are those of the sets of paths")
{
    auto const left = fields_of(R"({"a":{"x":1,"y":1},"b":1})");
    auto const right = fields_of(R"({"a":{"y":1,"z":1},"c":1})");
    CHECK((left | right) == fields_of(R"({"a":{"x":1,"y":1,"z":1},"b":1,"c":1})"));
    CHECK((left - right) == fields_of(R"({"a":{"x":1},"b":1})"));
    CHECK((left & right) == fields_of(R"({"a":{"y":1}})"));
    CHECK(left.intersects(right));
    CHECK_FALSE((left - right).intersects(right));
    CHECK((left - left).empty());
    CHECK((left | field_set{}) == left);
    CHECK((field_set{} | left) == left);
}

TEST_CASE("a field and the fields inside it are different fields")
{
    auto const whole = fields_of(R"({"a":[1]})");
    auto const inside = fields_of(R"({"a":{"x":1}})");
    CHECK_FALSE(whole.intersects(inside));
    auto const both = whole | inside;
    CHECK(both.contains({"a"}));
    CHECK(both.contains({"a", "x"}));
    CHECK((both - inside) == whole);
    CHECK((both - whole) == inside);
}

TEST_CASE("paths are printed for people")
{
    CHECK(fields_of(R"({"spec":{"replicas":1},"metadata":{"labels":{"a.b/c":"x"}}})").paths() ==
          std::vector<std::string>{"metadata.labels[\"a.b/c\"]", "spec.replicas"});
}

TEST_CASE("removing fields prunes the objects that become empty")
{
    CHECK(after_removal(R"({"a":{"b":{"c":1}},"d":2})", fields_of(R"({"a":{"b":{"c":0}}})")) ==
          R"({"d":2})");
    CHECK(after_removal(R"({"a":{"b":1,"c":2},"d":{}})", fields_of(R"({"a":{"b":0}})")) ==
          R"({"a":{"c":2},"d":{}})");
    CHECK(after_removal(R"({"a":[1,2],"d":{}})", fields_of(R"({"a":[],"d":{}})")) == "{}");
    CHECK(after_removal(R"({"a":1})", fields_of(R"({"x":1,"a":{"y":1}})")) == R"({"a":1})");
}

TEST_CASE("removing a leaf keeps the fields that others put in its place")
{
    CHECK(after_removal(R"({"selector":{"app":"web"}})", fields_of(R"({"selector":{}})")) ==
          R"({"selector":{"app":"web"}})");
}

TEST_CASE("what changed is told leaf by leaf, in both directions")
{
    auto const before = json(R"({"spec":{"a":1,"b":[1],"gone":{"x":1}},"same":{"k":"v"}})");
    auto const after = json(R"({"spec":{"a":2,"b":[1],"new":{"y":1}},"same":{"k":"v"}})");
    CHECK(field_set::changed(before, after) == fields_of(R"({"spec":{"a":1,"new":{"y":1}}})"));
    CHECK(field_set::changed(after, before) == fields_of(R"({"spec":{"a":1,"gone":{"x":1}}})"));
    CHECK(field_set::changed(before, before).empty());
    CHECK(field_set::changed(json(R"({"a":{"x":1}})"), json(R"({"a":{}})")) ==
          fields_of(R"({"a":{}})"));
}

} // namespace
