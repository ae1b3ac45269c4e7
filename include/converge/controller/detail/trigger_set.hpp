// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/trigger.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace converge::detail {

/// Who hears of changes for as long as the set has the trigger.
class trigger_follower {
public:
    virtual void follow(std::shared_ptr<trigger const> const& added) = 0;
    virtual void leave(trigger const& removed) noexcept = 0;

protected:
    ~trigger_follower() = default;
};

/// Triggers that come and go, and the controllers that run and follow them. Followers may come and
/// go, and triggers too, while it tells of one.
class trigger_set {
public:
    /// @throws what a follower throws that cannot follow it: then it is not added.
    std::shared_ptr<trigger const> add(trigger made)
    {
        auto added = std::make_shared<trigger const>(std::move(made));
        all_.push_back(added);
        try {
            auto const present = followers_;
            for (auto* const each : present)
                each->follow(added);
        } catch (...) {
            remove(*added);
            throw;
        }
        return added;
    }

    void remove(trigger const& which) noexcept
    {
        auto const at = std::ranges::find(all_, &which, &std::shared_ptr<trigger const>::get);
        if (at == all_.end())
            return;
        auto const kept = *at;
        all_.erase(at);
        for (auto* const each : followers_)
            each->leave(which);
    }

    /// @throws what `who` throws that cannot follow one of them: then it follows none.
    void enter(trigger_follower& who)
    {
        followers_.push_back(&who);
        try {
            auto const present = all_;
            for (auto const& each : present)
                if (std::ranges::find(all_, each) != all_.end())
                    who.follow(each);
        } catch (...) {
            quit(who);
            throw;
        }
    }

    void quit(trigger_follower& who) noexcept { std::erase(followers_, &who); }

private:
    std::vector<std::shared_ptr<trigger const>> all_;
    std::vector<trigger_follower*> followers_;
};

} // namespace converge::detail
