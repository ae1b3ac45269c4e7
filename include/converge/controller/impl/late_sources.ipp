// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/late_sources.hpp>

#include <algorithm>

namespace converge::detail {

/// One trigger that is followed.
struct late_sources::source {
    std::shared_ptr<trigger const> what;
    std::shared_ptr<informer> from;
    subscription moves{};
    /// Once the cache is synced.
    subscription hears{};
    bool caught_up = false;
    bool gone = false;
};

CONVERGE_DECL late_sources::~late_sources()
{
    for (auto const& each : sets_)
        each->quit(*this);
}

CONVERGE_DECL void late_sources::enter(std::shared_ptr<trigger_set> set)
{
    if (std::find(sets_.begin(), sets_.end(), set) != sets_.end())
        return;
    set->enter(*this);
    sets_.push_back(std::move(set));
}

CONVERGE_DECL void late_sources::stop() noexcept
{
    for (auto const& each : std::exchange(sets_, {}))
        each->quit(*this);
    while (!all_.empty())
        end(all_.back());
}

CONVERGE_DECL void late_sources::follow(std::shared_ptr<trigger const> const& added)
{
    auto const made = std::make_shared<source>();
    made->what = added;
    made->from = caches_.borrow(*added->source);
    all_.push_back(made);
    tell_.needs(made->from);
    made->moves = made->from->on_progress([this, at = std::weak_ptr{made}] {
        if (auto const of = at.lock())
            step(of);
    });
    step(made);
}

CONVERGE_DECL void late_sources::step(std::shared_ptr<source> const& of)
{
    if (!of->caught_up && of->from->synced()) {
        auto hears = of->from->subscribe([this, at = std::weak_ptr{of}](object_change const& seen) {
            auto const alive = at.lock();
            if (alive && !alive->gone)
                tell_.heard(*alive->what, *alive->from, seen, !alive->caught_up);
        });
        // What was heard may have been the end of it.
        if (of->gone)
            return;
        of->hears = std::move(hears);
        of->caught_up = true;
    }
    tell_.progressed();
}

CONVERGE_DECL void late_sources::leave(trigger const& removed) noexcept
{
    auto const at = std::find_if(all_.begin(), all_.end(), [&removed](auto const& each) {
        return each->what.get() == &removed;
    });
    if (at != all_.end())
        end(*at);
}

CONVERGE_DECL void late_sources::end(std::shared_ptr<source> of) noexcept
{
    of->gone = true;
    of->moves.unsubscribe();
    of->hears.unsubscribe();
    std::erase(all_, of);
    tell_.needs_no_more(of->from);
}

} // namespace converge::detail
