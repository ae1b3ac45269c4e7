// SPDX-License-Identifier: BSL-1.0
#include <converge/model/event.hpp>

#include <converge/model/object.hpp>

#include <doctest/doctest.h>

#include <utility>

using namespace converge;

static_assert(resource<event> && has_content<event> && !has_status<event>);

TEST_CASE("an event is a Normal thing that happened once until told otherwise")
{
    event::content told{.reason = "Scaled", .message = "3 pods"};
    told.involved_object = {.api_version = "demo/v1", .kind = "Web", .name = "blog"};
    object<event> const made{"blog.1", std::move(told)};
    CHECK(made.key().namespace_ == "default");
    CHECK(made.content.type == "Normal");
    CHECK(made.content.count == 1);
    CHECK(made.content.involved_object.kind == "Web");
    CHECK(object<event>::resource_type::kind.plural() == "events");
    CHECK(event::kind.group().empty());
}
