// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/informer_set.hpp>
#include <converge/client/subscription.hpp>
#include <converge/controller/detail/trigger_set.hpp>
#include <converge/core/detail/config.hpp>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace converge::detail {

/// What a controller hears of for a time: follows sets of triggers, and borrows the caches that
/// show their kinds.
class late_sources final : public trigger_follower {
public:
    /// Who wants to hear.
    struct listener {
        /// A change that a cache shows, or what it held when it was begun with.
        std::function<void(trigger const&, informer const& shown_by, object_change const&,
                           bool was_there)>
            heard;
        /// A cache is needed from now on, for one more trigger; then one step of it; then it is
        /// not needed any more.
        std::function<void(std::shared_ptr<informer> const&)> needs;
        std::function<void()> progressed;
        std::function<void(std::shared_ptr<informer> const&)> needs_no_more;
    };

    late_sources(informer_set& caches, listener tell) : caches_{caches}, tell_{std::move(tell)} {}
    late_sources(late_sources const&) = delete;
    late_sources& operator=(late_sources const&) = delete;
    /// Tells nobody.
    CONVERGE_DECL ~late_sources();

    /// Follows what is and will be in `set`, until `stop`. @throws errc::invalid if a kind of it is
    /// cached as another struct.
    CONVERGE_DECL void enter(std::shared_ptr<trigger_set> set);
    /// Hears nothing more, and needs nothing.
    CONVERGE_DECL void stop() noexcept;

private:
    struct source;

    CONVERGE_DECL void follow(std::shared_ptr<trigger const> const& added) override;
    CONVERGE_DECL void leave(trigger const& removed) noexcept override;
    CONVERGE_DECL void step(std::shared_ptr<source> const& of);
    CONVERGE_DECL void end(std::shared_ptr<source> of) noexcept;

    informer_set& caches_;
    listener tell_;
    std::vector<std::shared_ptr<trigger_set>> sets_;
    std::vector<std::shared_ptr<source>> all_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/controller/impl/late_sources.ipp>
#endif
