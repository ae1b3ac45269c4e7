// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/sleep.hpp>

#include <converge/async/time_service.hpp>
#include <converge/async/wake.hpp>
#include <converge/work/detail/saturating.hpp>

namespace converge {

CONVERGE_DECL task<instant> now()
{
    auto const where = co_await this_coro::executor;
    co_return time_of(where).now();
}

CONVERGE_DECL task<> sleep_until(instant due)
{
    wake never;
    co_await never.wait_until(due);
}

CONVERGE_DECL task<> sleep_for(duration span)
{
    auto const where = co_await this_coro::executor;
    co_await sleep_until(detail::later(time_of(where).now(), span));
}

CONVERGE_DECL task<> yield()
{
    wake self;
    self.notify_one();
    co_await self.wait();
}

} // namespace converge
