// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/lease_keeper.hpp>

#include <converge/async/sleep.hpp>

namespace converge {

CONVERGE_DECL task<> keep_leases(any_store target, wake& granted)
{
    for (;;) {
        auto const present = co_await now();
        auto const next = co_await target.expire_leases(present);
        if (next)
            co_await granted.wait_until(*next);
        else
            co_await granted.wait();
    }
}

} // namespace converge
