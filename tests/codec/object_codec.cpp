// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/object_codec.hpp>

#include <converge/codec/decode.hpp>
#include <converge/codec/encode.hpp>
#include <converge/codec/equal.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace {

using converge::decode;
using converge::decode_text;
using converge::encode;
using converge::equal;
using converge::object;

struct web {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Web"};
    struct spec {
        std::string image{};
        int replicas = 1;
    };
    struct status {
        int ready = 0;
        std::string phase{};
    };
};
BOOST_DESCRIBE_STRUCT(web::spec, (), (image, replicas))
BOOST_DESCRIBE_STRUCT(web::status, (), (ready, phase))

struct config_map {
    static constexpr converge::kind_name kind{"v1", "ConfigMap"};
    struct content {
        std::map<std::string, std::string> data{};
        bool immutable = false;
    };
};
BOOST_DESCRIBE_STRUCT(config_map::content, (), (data, immutable))

struct claim {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Claim"};
    static constexpr converge::scope scope = converge::scope::cluster;
    struct spec {
        std::string holder{};
    };
};
BOOST_DESCRIBE_STRUCT(claim::spec, (), (holder))

object<web> full()
{
    object<web> site{"blog", {.image = "blog:1", .replicas = 3}};
    site.status = {.ready = 2, .phase = "Rolling"};
    auto& meta = site.metadata;
    meta.uid = converge::uid{"u-1"};
    meta.resource_version = converge::revision{42};
    meta.generation = 7;
    meta.creation_timestamp = converge::timestamp{std::chrono::seconds{1}};
    meta.deletion_timestamp = converge::timestamp{std::chrono::microseconds{1'500'000}};
    meta.deletion_grace_period_seconds = 0;
    meta.labels = {{"app", "blog"}, {"empty", ""}};
    meta.annotations = {{"a.b/c", "d"}};
    meta.owner_references = {{"apps/v1", "Deployment", "d", converge::uid{"u-2"}, true, false}};
    meta.finalizers = {"demo/finalizer"};
    meta.managed_fields = {{"kubectl", "Apply", R"({"f:spec":{"f:image":{}}})"}};
    return site;
}

TEST_CASE("an object is its type, its metadata, its spec and its status")
{
    CHECK(boost::json::serialize(encode(object<web>{"blog", {.image = "blog:1"}})) ==
          R"({"apiVersion":"demo.converge.dev/v1","kind":"Web",)"
          R"("metadata":{"name":"blog","namespace":"default"},)"
          R"("spec":{"image":"blog:1","replicas":1},"status":{"ready":0}})");
}

TEST_CASE("the members of content stand at the top of the document")
{
    object<config_map> const map{"settings", {.data = {{"key", "value"}}}};
    auto const text = boost::json::serialize(encode(map));
    CHECK(text == R"({"apiVersion":"v1","kind":"ConfigMap",)"
                  R"("metadata":{"name":"settings","namespace":"default"},)"
                  R"("data":{"key":"value"},"immutable":false})");
    CHECK(equal(decode_text<object<config_map>>(text, {.strict = true}).value(), map));
}

TEST_CASE("an object without status has no status in its document")
{
    auto const document = encode(object<claim>{"c", {.holder = "x"}}).as_object();
    CHECK_FALSE(document.contains("status"));
    CHECK(boost::json::serialize(document.at("metadata")) == R"({"name":"c"})");
}

TEST_CASE("reading what was written gives the same object")
{
    auto const text = boost::json::serialize(encode(full()));
    auto const read = decode_text<object<web>>(text, {.strict = true});
    REQUIRE(read.has_value());
    CHECK(equal(*read, full()));
    CHECK(read->metadata == full().metadata);
    CHECK_FALSE(equal(*read, object<web>{"blog", {.image = "blog:1", .replicas = 3}}));
}

TEST_CASE("apiVersion and kind may be missing when an object is read")
{
    auto const read = decode_text<object<web>>(R"({"metadata":{"name":"x"},"spec":{}})");
    CHECK(read.value().metadata.name == "x");
    CHECK(read.value().spec.replicas == 1);
    CHECK(decode_text<object<web>>(R"({"apiVersion":null,"kind":null})").has_value());
}

TEST_CASE("a document of another kind is refused, naming both")
{
    auto const kind = decode_text<object<web>>(R"({"kind":"Pod"})");
    CHECK(kind.error().is(converge::errc::invalid));
    CHECK(kind.error().what() == R"(kind: expected "Web", got "Pod")");
    auto const version = decode_text<object<web>>(R"({"apiVersion":"v1","kind":"Web"})");
    CHECK(version.error().what() == R"(apiVersion: expected "demo.converge.dev/v1", got "v1")");
    CHECK(decode_text<object<web>>(R"({"kind":7})").error().path == "kind");
    CHECK(decode_text<object<web>>("[]").error().message ==
          "expected an object of kind Web, got an array of 0");
}

TEST_CASE("strict decoding of an object knows the members at its top")
{
    auto const refused = decode_text<object<web>>(
        R"({"apiVersion":"demo.converge.dev/v1","kind":"Web","metadata":{"lables":{}},
            "spec":{"replcas":2},"stauts":{}})",
        {.strict = true});
    CHECK(refused.error().message == "unknown field \"stauts\"; did you mean \"status\"?, "
                                     "unknown field \"metadata.lables\"; did you mean \"labels\"?, "
                                     "unknown field \"spec.replcas\"; did you mean \"replicas\"?");
}

} // namespace
