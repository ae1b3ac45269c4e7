// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/client.hpp>
#include <converge/model/owner_references.hpp>

#include <utility>
#include <vector>

namespace cluster {

/// What an object owns in its namespace as the api has it, whatever a cache shows.
template <class Child, class Owner>
[[nodiscard]] converge::task<std::vector<converge::object_ptr<Child>>>
owned_now(converge::client api, converge::object<Owner> of)
{
    converge::list_options where{converge::in_namespace{of.metadata.namespace_}};
    auto const all = co_await api.list<Child>(std::move(where));
    std::vector<converge::object_ptr<Child>> owned;
    for (auto const& each : all)
        if (is_owned_by(each->metadata, of.metadata.uid))
            owned.push_back(each);
    co_return owned;
}

} // namespace cluster
