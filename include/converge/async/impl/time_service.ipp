// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/time_service.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <utility>

namespace converge {

CONVERGE_DECL instant time_service::now() const
{
    return instant{std::chrono::steady_clock::now().time_since_epoch()};
}

CONVERGE_DECL timestamp time_service::wall_now() const
{
    return std::chrono::time_point_cast<timestamp::duration>(std::chrono::system_clock::now());
}

CONVERGE_DECL std::shared_ptr<void> time_service::set_alarm(executor const& where, instant due,
                                                            std::weak_ptr<alarm> target)
{
    using clock = std::chrono::steady_clock;
    auto const since_epoch = std::chrono::duration_cast<clock::duration>(due.time_since_epoch());
    auto timer = std::make_shared<boost::asio::steady_timer>(where);
    timer->expires_at(clock::time_point{since_epoch});
    timer->async_wait([target = std::move(target)](boost::system::error_code failed) {
        if (failed)
            return;
        if (auto const alive = target.lock())
            alive->ring();
    });
    return timer;
}

CONVERGE_DECL time_service& time_of(executor const& where)
{
    return boost::asio::use_service<time_service>(where.context());
}

} // namespace converge
