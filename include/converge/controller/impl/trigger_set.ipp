// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/trigger_set.hpp>

#include <algorithm>
#include <utility>

namespace converge::detail {

CONVERGE_DECL std::shared_ptr<trigger_set> trigger_set::make()
{
    return std::make_shared<trigger_set>();
}

CONVERGE_DECL std::shared_ptr<trigger const> trigger_set::add(trigger made)
{
    auto added = std::make_shared<trigger const>(std::move(made));
    all_.push_back(added);
    try {
        auto const present = followers_;
        for (auto* const each : present)
            if (std::find(followers_.begin(), followers_.end(), each) != followers_.end())
                each->follow(added);
    } catch (...) {
        remove(*added);
        throw;
    }
    return added;
}

CONVERGE_DECL void trigger_set::remove(trigger const& which) noexcept
{
    auto const at = std::find_if(all_.begin(), all_.end(),
                                 [&which](auto const& each) { return each.get() == &which; });
    if (at == all_.end())
        return;
    auto const kept = *at;
    all_.erase(at);
    for (auto* const each : followers_)
        each->leave(which);
}

CONVERGE_DECL void trigger_set::enter(trigger_follower& who)
{
    followers_.push_back(&who);
    try {
        auto const present = all_;
        for (auto const& each : present)
            if (std::find(all_.begin(), all_.end(), each) != all_.end())
                who.follow(each);
    } catch (...) {
        quit(who);
        throw;
    }
}

CONVERGE_DECL void trigger_set::quit(trigger_follower& who) noexcept
{
    std::erase(followers_, &who);
}

} // namespace converge::detail
