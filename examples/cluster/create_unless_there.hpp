// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/attempted.hpp"

#include <converge/client/client.hpp>
#include <converge/core/errc.hpp>

#include <utility>

namespace cluster {

/// Creates `wanted`, unless there is an object of its name.
/// @returns it as stored; null if there was one, whosever it is.
/// @throws what `client::create` throws otherwise.
template <class R>
[[nodiscard]] converge::task<converge::object_ptr<R>>
create_unless_there(converge::client api, converge::object<R> wanted)
{
    auto const made = co_await attempted(api.create(std::move(wanted)));
    if (made)
        co_return *made;
    if (!made.error().is(converge::errc::already_exists))
        throw converge::error{made.error()};
    co_return nullptr;
}

} // namespace cluster
