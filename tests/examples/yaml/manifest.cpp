// SPDX-License-Identifier: BSL-1.0
#include "yaml/manifest.hpp"

#include "resources/deployment.hpp"

#include <doctest/doctest.h>

#include <string>

using cluster::decode_manifest;
using cluster::deployment;
using cluster::read_manifests;

namespace {

std::string const good = "apiVersion: apps/v1\n"             // 1
                         "kind: Deployment\n"                // 2
                         "metadata: {name: api}\n"           // 3
                         "spec:\n"                           // 4
                         "  replicas: 3\n"                   // 5
                         "  template:\n"                     // 6
                         "    spec:\n"                       // 7
                         "      containers:\n"               // 8
                         "        - name: api\n"             // 9
                         "          ports:\n"                // 10
                         "            - containerPort: 80\n" // 11
                         "          env:\n"                  // 12
                         "            - name: DEBUG\n"       // 13
                         "              value: \"1\"\n";     // 14

std::string with(std::string text, std::string_view old, std::string_view replacement)
{
    auto const at = text.find(old);
    REQUIRE(at != text.npos);
    return text.replace(at, old.size(), replacement);
}

std::string error_of(std::string const& text)
{
    auto const manifests = read_manifests(text, "f.yaml");
    REQUIRE_MESSAGE(manifests.has_value(), manifests.error().what());
    auto const decoded = decode_manifest<deployment>(manifests->front());
    REQUIRE_FALSE(decoded.has_value());
    return decoded.error().what();
}

} // namespace

TEST_CASE("a manifest becomes an object")
{
    auto const manifests = read_manifests(good, "f.yaml");
    REQUIRE(manifests.has_value());
    CHECK(manifests->front().is<deployment>());
    CHECK_FALSE(manifests->front().is<cluster::pod>());
    auto const decoded = decode_manifest<deployment>(manifests->front());
    REQUIRE_MESSAGE(decoded.has_value(), decoded.error().what());
    CHECK(decoded->metadata.name == "api");
    CHECK(decoded->spec.template_.spec.containers.front().env.front().value == "1");
}

TEST_CASE("a wrong value is reported with file, line, path, value and remedy")
{
    CHECK(error_of(with(good, "\"1\"", "1")) ==
          "f.yaml:14: spec.template.spec.containers[0].env[0].value: expected a string, got 1; "
          "put it in quotes");
    CHECK(error_of(with(good, "replicas: 3", "replicas: \"3\"")) ==
          "f.yaml:5: spec.replicas: expected an integer from -2147483648 to 2147483647, got \"3\"; "
          "remove the quotes");
    CHECK(error_of(with(good, "- containerPort: 80", "containerPort: 80")) ==
          "f.yaml:10: spec.template.spec.containers[0].ports: expected an array, got "
          "an object with 1 members; begin each element with \"- \"");
}

TEST_CASE("unknown fields are refused, all of them, with line and near miss")
{
    auto const text =
        with(with(good, "replicas", "replcas"), "  template:", "  colour: red\n  template:");
    CHECK(error_of(text) == "f.yaml:5: unknown field \"spec.replcas\"; did you mean \"replicas\"?\n"
                            "f.yaml:6: unknown field \"spec.colour\"; remove it");
}

TEST_CASE("unknown fields can be ignored")
{
    auto const manifests = read_manifests(with(good, "replicas", "replcas"), "f.yaml");
    REQUIRE(manifests.has_value());
    auto const decoded =
        decode_manifest<deployment>(manifests->front(), cluster::unknown_members::ignored);
    REQUIRE(decoded.has_value());
    CHECK(decoded->spec.replicas == 1);
}

TEST_CASE("an object without a kind is refused with its line")
{
    auto const manifests = read_manifests("# top\n---\napiVersion: v1\nmetadata: {}\n", "f.yaml");
    REQUIRE_FALSE(manifests.has_value());
    CHECK(manifests.error().what() ==
          "f.yaml:3: an object needs apiVersion and kind, such as \"apiVersion: apps/v1\" and "
          "\"kind: Deployment\"");
}

TEST_CASE("a file that cannot be read says why")
{
    auto const missing = cluster::load_manifests("no/such/file.yaml");
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().is(converge::errc::not_found));
    CHECK(missing.error().what() == "no/such/file.yaml: cannot be read: No such file or directory");
    auto const directory = cluster::load_manifests(".");
    REQUIRE_FALSE(directory.has_value());
    CHECK(directory.error().what().starts_with(".: cannot be read: "));
}
