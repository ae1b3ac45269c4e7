// SPDX-License-Identifier: BSL-1.0
#include "cluster/apply_objects.hpp"

#include "examples/file_text.hpp"
#include "resources/deployment.hpp"

#include <converge/async/block_on.hpp>
#include <converge/store/memory_store.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using cluster::deployment;
using cluster::file_object;
using yaml_test::api_file;
using yaml_test::read;
using yaml_test::with;

namespace {

converge::task<> apply(converge::client api, std::vector<file_object> objects, std::string& refusal)
{
    try {
        co_await cluster::apply_objects(std::move(api), std::move(objects));
    } catch (converge::error const& failed) {
        refusal = failed.what();
    }
}

/// @returns what the api said against it; empty if nothing.
std::string applied(converge::memory_store& store, std::string const& text)
{
    converge::client const api{store};
    auto objects = read(text);
    REQUIRE_MESSAGE(objects.has_value(), objects.error().what());
    std::string refusal;
    CHECK(converge::block_on(apply(api.as("kubectl"), std::move(*objects), refusal)) == 0);
    return refusal;
}

} // namespace

TEST_CASE("objects are applied once, however often the file is")
{
    converge::memory_store store;
    CHECK(applied(store, api_file).empty());
    auto const first = store.newest();
    CHECK(first == converge::revision{1});
    auto const stored = store.get("apps/deployments/default/api");
    REQUIRE(stored.has_value());
    auto const api = stored->value.as<deployment>();
    CHECK(api->spec.replicas == 3);
    REQUIRE(api->metadata.managed_fields.size() == 1);
    CHECK(api->metadata.managed_fields.front().manager == "kubectl");
    CHECK(applied(store, api_file).empty());
    CHECK(store.newest() == first);
}

TEST_CASE("what the api refuses is named with file and line, and ends the apply")
{
    converge::memory_store store;
    auto const two = with(api_file, "name: api", "name: Api") + "---\n" + api_file;
    CHECK(applied(store, two).starts_with("f.yaml:3: metadata.name: "));
    CHECK(store.newest() == converge::revision{});
}
