// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/attempted.hpp"

#include <converge/client/client.hpp>
#include <converge/core/errc.hpp>

#include <utility>

namespace cluster {

/// Removes this very object, and no other of its name; one that is gone is as good.
/// @throws what `client::remove` throws otherwise.
template <class R>
[[nodiscard]] converge::task<> remove_if_there(converge::client api, converge::object_ptr<R> which)
{
    auto how = converge::write_options{}.only_uid(which->metadata.uid);
    auto const gone = co_await attempted(api.remove(which->key(), std::move(how)));
    if (!gone && !gone.error().is(converge::errc::not_found))
        throw converge::error{gone.error()};
}

} // namespace cluster
