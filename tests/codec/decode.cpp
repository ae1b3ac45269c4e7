// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/decode.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <cstddef>
#include <ctime>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using converge::decode_text;
using converge::errc;
using converge::unknown_field;

struct port {
    int container_port = 0;
};
BOOST_DESCRIBE_STRUCT(port, (), (container_port))

struct container {
    std::string name{};
    std::vector<port> ports{};
    std::map<std::string, std::string> env{};
};
BOOST_DESCRIBE_STRUCT(container, (), (name, ports, env))

struct pod_template {
    std::vector<container> containers{};
};
BOOST_DESCRIBE_STRUCT(pod_template, (), (containers))

struct workload_spec {
    int replicas = 1;
    pod_template template_{};
};
BOOST_DESCRIBE_STRUCT(workload_spec, (), (replicas, template_))

struct workload {
    workload_spec spec{};
};
BOOST_DESCRIBE_STRUCT(workload, (), (spec))

TEST_CASE("a wrong value is named by its path, with what was found and expected")
{
    auto const refused = decode_text<workload>(
        R"({"spec":{"template":{"containers":[{},{"ports":[{"containerPort":"80"}]}]}}})");
    REQUIRE(refused.has_error());
    CHECK(refused.error().is(errc::invalid));
    CHECK(refused.error().path == "spec.template.containers[1].ports[0].containerPort");
    CHECK(refused.error().message ==
          "expected an integer from -2147483648 to 2147483647, got \"80\"");
}

TEST_CASE("something else than an object is refused where it stands")
{
    CHECK(decode_text<workload>("[]").error().what() == "expected an object, got an array of 0");
    CHECK(decode_text<workload>(R"({"spec":{"template":7}})").error().what() ==
          "spec.template: expected an object, got 7");
}

TEST_CASE("unknown members are ignored by rule")
{
    auto const read = decode_text<workload>(R"({"spec":{"replicas":3,"future":{"x":1}},"y":2})");
    CHECK(read.value().spec.replicas == 3);
}

TEST_CASE("strict decoding lists every unknown field with its path and a near miss")
{
    auto const refused = decode_text<workload>(R"({"spec":{"replcas":3,"template":{"containers":[
            {"name":"a","Ports":[],"env":{"any":"name"}},{"zzzzzz":1}]}},"status":{}})",
                                               {.strict = true});
    REQUIRE(refused.has_error());
    CHECK(refused.error().is(errc::invalid));
    CHECK(refused.error().message ==
          "unknown field \"status\", "
          "unknown field \"spec.replcas\"; did you mean \"replicas\"?, "
          "unknown field \"spec.template.containers[0].Ports\"; did you mean \"ports\"?, "
          "unknown field \"spec.template.containers[1].zzzzzz\"");
    CHECK(refused.error().path == "status");
}

TEST_CASE("strict decoding accepts a document whose every member is known")
{
    CHECK(decode_text<workload>(R"({"spec":{"replicas":3,"template":{"containers":[
              {"name":"a","ports":[{"containerPort":1}],"env":{"any":"name"}}]}}})",
                                {.strict = true})
              .has_value());
}

TEST_CASE("strict decoding of text refuses duplicate members")
{
    auto const twice = R"({"spec":{"replicas":1,"replicas":2}})";
    CHECK(decode_text<workload>(twice).value().spec.replicas == 2);
    CHECK(decode_text<workload>(twice, {.strict = true}).error().path == "spec.replicas");
}

TEST_CASE("text that is not JSON is refused with line and column")
{
    CHECK(decode_text<workload>("{\n\"spec\": }").error().message ==
          "expected a value at line 2, column 9");
}

TEST_CASE("unknown fields can be asked for without refusing them")
{
    auto const document = converge::parse_json(R"({"spec":{"replcas":3},"x":1})").value();
    CHECK(converge::unknown_fields<workload>(document) ==
          std::vector<unknown_field>{{"x", ""}, {"spec.replcas", "replicas"}});
    CHECK(to_string(unknown_field{"spec.x", ""}) == "unknown field \"spec.x\"");
}

TEST_CASE("the list of unknown fields is bounded")
{
    boost::json::object document;
    for (int i = 0; i != 1000; ++i)
        document.emplace("unknown_" + std::to_string(i), i);
    auto const refused = converge::decode<workload>(document, {.strict = true});
    REQUIRE(refused.has_error());
    CHECK(refused.error().message.ends_with(", and 900 more"));
    CHECK(converge::unknown_fields<workload>(document).size() == 100);
}

TEST_CASE("unknown fields beyond the list cost no search for what was meant")
{
    // Names of more than 48 characters are near nothing, and are told so at once.
    auto const seconds = [](std::size_t name_size) {
        boost::json::array list;
        for (int i = 0; i != 100'000; ++i) {
            auto name = std::to_string(i);
            name.insert(0, name_size - name.size(), 'x');
            list.push_back(boost::json::object{{name, i}});
        }
        boost::json::object document{{"spec", {{"template", {{"containers", std::move(list)}}}}}};
        auto const start = std::clock();
        CHECK(converge::decode<workload>(document, {.strict = true}).has_error());
        return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    };
    CHECK(seconds(48) < 0.05 + 3 * seconds(49));
}

} // namespace
