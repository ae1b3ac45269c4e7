// SPDX-License-Identifier: BSL-1.0
#include <converge/codec/described_traits.hpp>

#include <converge/codec/decode.hpp>
#include <converge/codec/encode.hpp>
#include <converge/codec/equal.hpp>
#include <converge/codec/parse_json.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using converge::decode;
using converge::decode_text;
using converge::encode;
using converge::equal;

enum class service_type { cluster_ip, node_port, external = 7 };
BOOST_DESCRIBE_ENUM(service_type, cluster_ip, node_port, external)

struct probe {
    int period_seconds = 10;
    std::string path{};
    std::optional<int> port{};
};
BOOST_DESCRIBE_STRUCT(probe, (), (period_seconds, path, port))

struct labelled {
    std::map<std::string, std::string> labels{};
};
BOOST_DESCRIBE_STRUCT(labelled, (), (labels))

struct named : labelled {
    std::string name{};
};
BOOST_DESCRIBE_STRUCT(named, (labelled), (name))

struct tree : named {
    std::vector<tree> children{};
};
BOOST_DESCRIBE_STRUCT(tree, (named), (children))

/// One member of every kind, some with defaults that are not empty.
struct everything {
    bool enabled = true;
    std::int64_t count = 0;
    std::uint64_t mask = 1;
    double ratio = 0.5;
    std::string text{};
    std::string image = "busybox";
    service_type type = service_type::node_port;
    std::optional<std::string> host_ip{};
    std::optional<int> grace_period_seconds = 30;
    std::optional<probe> liveness{};
    std::vector<std::string> args = {"run"};
    std::vector<probe> probes{};
    std::map<std::string, int> limits = {{"cpu", 1}};
    probe readiness = {.period_seconds = 5, .path = "/ready", .port = 80};
    labelled selector{};
    boost::json::value extra = "default";
};
BOOST_DESCRIBE_STRUCT(everything, (),
                      (enabled, count, mask, ratio, text, image, type, host_ip,
                       grace_period_seconds, liveness, args, probes, limits, readiness, selector,
                       extra))

struct sparse {
    static constexpr bool omits_zero = true;
    int generation = 0;
    bool controller = false;
    int weight = 1;
};
BOOST_DESCRIBE_STRUCT(sparse, (), (generation, controller, weight))

struct renamed {
    static constexpr converge::wire_name_exception wire_names[] = {{"schema", "openAPIV3Schema"}};
    std::string schema{};
};
BOOST_DESCRIBE_STRUCT(renamed, (), (schema))

template <class T>
std::string text_of(T const& value)
{
    return boost::json::serialize(encode(value));
}

TEST_CASE("numbers and booleans are written, what is empty by default and empty now is not")
{
    CHECK(text_of(probe{}) == R"({"periodSeconds":10})");
    CHECK(text_of(probe{.period_seconds = 0, .path = "/", .port = 0}) ==
          R"({"periodSeconds":0,"path":"/","port":0})");
    CHECK(text_of(named{}) == "{}");
}

TEST_CASE("what is empty now but not by default is written")
{
    everything value;
    value.image.clear();
    value.args.clear();
    value.limits.clear();
    value.grace_period_seconds.reset();
    value.readiness.path.clear();
    value.readiness.port.reset();
    value.extra = nullptr;
    auto const json = encode(value).as_object();
    CHECK(json.at("image") == "");
    CHECK(json.at("args").as_array().empty());
    CHECK(json.at("limits").as_object().empty());
    CHECK(json.at("gracePeriodSeconds").is_null());
    CHECK(json.at("extra").is_null());
    CHECK(boost::json::serialize(json.at("readiness")) ==
          R"({"periodSeconds":5,"path":"","port":null})");
    CHECK_FALSE(json.contains("text"));
    CHECK(equal(decode<everything>(json).value(), value));
}

TEST_CASE("an optional struct that is there is written even if all of it is empty")
{
    everything value;
    value.liveness.emplace();
    value.probes.emplace_back();
    CHECK(equal(decode<everything>(encode(value)).value(), value));
    CHECK(text_of(std::optional<labelled>{labelled{}}) == "{}");
    CHECK(text_of(std::vector<labelled>(2)) == "[{},{}]");
}

TEST_CASE("a struct that omits zeros leaves out zeros that are zero by default")
{
    CHECK(text_of(sparse{}) == R"({"weight":1})");
    CHECK(text_of(sparse{.generation = 2, .controller = true, .weight = 0}) ==
          R"({"generation":2,"controller":true,"weight":0})");
}

TEST_CASE("members that are missing or null keep their defaults")
{
    auto const nothing = decode_text<everything>("{}").value();
    CHECK(equal(nothing, everything{}));
    auto const nulls = decode_text<everything>(
        R"({"enabled":null,"count":null,"image":null,"type":null,"args":null,"readiness":null})");
    CHECK(equal(nulls.value(), everything{}));
}

TEST_CASE("a struct that is there in part keeps the owner's defaults for the rest")
{
    auto const value = decode_text<everything>(R"({"readiness":{"port":8080}})").value();
    CHECK(value.readiness.period_seconds == 5);
    CHECK(value.readiness.path == "/ready");
    CHECK(value.readiness.port == 8080);
}

TEST_CASE("null takes away an optional that is there by default")
{
    auto const value = decode_text<everything>(R"({"gracePeriodSeconds":null})").value();
    CHECK(value.grace_period_seconds == std::nullopt);
}

TEST_CASE("members of described bases stand beside the struct's own")
{
    tree value;
    value.name = "root";
    value.labels["app"] = "web";
    value.children.emplace_back().name = "leaf";
    CHECK(text_of(value) ==
          R"({"labels":{"app":"web"},"name":"root","children":[{"name":"leaf"}]})");
    CHECK(equal(decode<tree>(encode(value)).value(), value));
}

TEST_CASE("a described enumeration is its name in PascalCase")
{
    CHECK(encode(service_type::cluster_ip) == "ClusterIP");
    CHECK(decode_text<service_type>("\"NodePort\"").value() == service_type::node_port);
    CHECK(decode_text<service_type>("\"External\"").value() == service_type::external);
    auto const refused = decode_text<service_type>("\"nodePort\"");
    CHECK(refused.error().message ==
          R"(expected one of "ClusterIP", "NodePort", "External", got "nodePort")");
    CHECK(decode_text<service_type>("1").has_error());
}

TEST_CASE("a struct can name its exceptions from the wire names")
{
    CHECK(text_of(renamed{.schema = "x"}) == R"({"openAPIV3Schema":"x"})");
    CHECK(decode_text<renamed>(R"({"openAPIV3Schema":"y"})").value().schema == "y");
}

/// Values whose every member is often empty, often the default, and otherwise anything.
class any_value {
public:
    explicit any_value(std::uint64_t seed) : random_{seed} {}

    everything operator()()
    {
        everything value;
        change(value.enabled, [this] { return below(2) == 0; });
        change(value.count, [this] { return static_cast<std::int64_t>(random_()); });
        change(value.mask, [this] { return random_(); });
        change(value.ratio, [this] { return std::ldexp(static_cast<double>(random_()), -40); });
        change(value.text, [this] { return text(); });
        change(value.image, [this] { return text(); });
        change(value.type, [] { return service_type::external; });
        change(value.host_ip, [this] { return maybe(text()); });
        change(value.grace_period_seconds, [this] { return maybe(below(100)); });
        change(value.liveness, [this] { return maybe(any_probe()); });
        change(value.args, [this] { return std::vector<std::string>(size(), text()); });
        change(value.probes, [this] { return std::vector<probe>(size(), any_probe()); });
        change(value.limits, [this] { return std::map<std::string, int>{{text(), below(9)}}; });
        change(value.limits, [] { return std::map<std::string, int>{}; });
        change(value.readiness, [this] { return any_probe(); });
        change(value.selector.labels,
               [this] { return std::map<std::string, std::string>{{text(), text()}}; });
        change(value.extra, [] { return boost::json::value(nullptr); });
        change(value.extra, [] { return boost::json::value({{"a", {1, nullptr}}}); });
        return value;
    }

private:
    int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
    std::size_t size() { return static_cast<std::size_t>(below(3)); }
    std::string text() { return below(3) == 0 ? "" : std::to_string(below(1000)) + "\"\n\u00e9"; }

    probe any_probe()
    {
        return {.period_seconds = below(3) * 5, .path = text(), .port = maybe(below(2))};
    }

    template <class T>
    std::optional<T> maybe(T value)
    {
        return below(2) == 0 ? std::nullopt : std::optional<T>{std::move(value)};
    }

    template <class T, class Make>
    void change(T& member, Make make)
    {
        if (below(2) == 0)
            member = make();
    }

    std::mt19937_64 random_;
};

TEST_CASE("reading what was written gives the same value, through text too")
{
    any_value next{42};
    for (int i = 0; i != 1000; ++i) {
        auto const value = next();
        auto const json = encode(value);
        auto const text = boost::json::serialize(json);
        CAPTURE(text);
        REQUIRE(equal(decode<everything>(json, {.strict = true}).value(), value));
        REQUIRE(equal(decode_text<everything>(text, {.strict = true}).value(), value));
        REQUIRE(encode(decode_text<everything>(text).value()) == json);
    }
}

} // namespace
