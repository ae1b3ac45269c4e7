// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/resource_type.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <map>
#include <string>

namespace {

using converge::object;
using converge::type_of;

struct policy {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Policy"};
    struct spec {
        int limit = 1;
    };
    struct status {
        int used = 0;
    };
};
BOOST_DESCRIBE_STRUCT(policy::spec, (), (limit))
BOOST_DESCRIBE_STRUCT(policy::status, (), (used))

struct config_map {
    static constexpr converge::kind_name kind{"v1", "ConfigMap"};
    struct content {
        std::map<std::string, std::string> data{};
    };
};
BOOST_DESCRIBE_STRUCT(config_map::content, (), (data))

TEST_CASE("a type is one per kind and knows its collection")
{
    CHECK(&type_of<policy>() == &type_of<policy>());
    CHECK(type_of<policy>().collection == "demo.converge.dev/policies");
    CHECK(type_of<config_map>().collection == "core/configmaps");
    CHECK(type_of<policy>().status_is_apart);
    CHECK_FALSE(type_of<config_map>().status_is_apart);
}

TEST_CASE("objects are compared and assigned in parts without knowing their type")
{
    auto const& type = type_of<policy>();
    object<policy> left{"p", {.limit = 5}};
    object<policy> right{"p", {.limit = 5}};
    right.status.used = 3;
    CHECK(type.same_desired(&left, &right));
    CHECK_FALSE(type.same_status(&left, &right));
    type.assign_status(&left, &right);
    CHECK(left.status.used == 3);
    right.spec.limit = 6;
    CHECK_FALSE(type.same_desired(&left, &right));
    type.assign_desired(&left, &right);
    CHECK(left.spec.limit == 6);
}

TEST_CASE("objects without status have the same status")
{
    auto const& type = type_of<config_map>();
    object<config_map> const left{"a", {.data = {{"k", "1"}}}};
    object<config_map> const right{"a", {.data = {{"k", "2"}}}};
    CHECK(type.same_status(&left, &right));
    CHECK_FALSE(type.same_desired(&left, &right));
}

TEST_CASE("a copy changes without the original")
{
    auto const& type = type_of<policy>();
    object<policy> const original{"p", {.limit = 5}};
    auto const copy = type.copy(&original);
    type.metadata(copy.get()).name = "q";
    CHECK(type.metadata_of(copy.get()).name == "q");
    CHECK(original.metadata.name == "p");
}

TEST_CASE("decoding without knowing the type gives the object or the reason")
{
    auto const& type = type_of<policy>();
    auto const document = converge::encode(object<policy>{"p", {.limit = 5}});
    auto const decoded = type.decode(document, {});
    REQUIRE(decoded.has_value());
    CHECK(type.encode(decoded->get()) == document);
    auto const refused = type.decode(boost::json::value({{"spec", {{"limit", "x"}}}}), {});
    REQUIRE(refused.has_error());
    CHECK(refused.error().path == "spec.limit");
}

} // namespace
