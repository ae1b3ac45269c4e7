// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/added_watch.hpp>
#include <converge/controller/detail/trigger.hpp>
#include <converge/controller/detail/trigger_set.hpp>
#include <converge/model/object.hpp>

#include <memory>
#include <utility>

namespace converge {

/// What makes objects of kind `R` run for a time: watches that are added and removed while
/// controllers run, as where it is configured what is watched. A handle; copies are the same set.
/// Give it to controllers with `triggered_by(set)`; `owns` and `watches` mean what they mean there.
///
///     watch_set<site> const more;
///     auto plane = run(api, controller<site>{reconcile}.triggered_by(more));
///     …
///     auto watching = more.watches<theme>(sites_with_theme);  // anywhere on the strand
///     watching.stop();                                        // or its end
///
/// A kind that nothing else of the control plane needs gets a cache of its own, which all that add
/// watches of it share and which ends with the last of them. Every object that it holds once it is
/// synced is mapped (its keys run at the priority of what was there at the start), then every
/// change. A kind that cannot be listed holds up nothing before it was once;
/// the log says why it waits. What is added
/// is for hearing of: reconcilers read the kinds of their parameters, and no others.
///
/// The set keeps its watches, whoever runs: a controller that starts, or starts anew, has those
/// that are in it then, without waiting for them. Several controllers may have one set, and one
/// controller several.
///
/// @par Threads     The strand of the control plane.
/// @par Complexity  Of adding and removing: linear in the watches, beside the cache.
template <class R>
class watch_set {
public:
    /// As `controller::owns`, until what is returned stops.
    /// @throws errc::invalid if a controller caches, or another watch holds, another struct with the
    ///         group and plural of `K`; then nothing was added. If no controller runs yet, `run` of
    ///         the first one throws it.
    template <resource K>
    [[nodiscard]] added_watch owns() const
    {
        return added(detail::owned_trigger<R, K>());
    }

    /// As `controller::watches`, until what is returned stops. @throws as `owns`.
    template <resource K, class F>
    [[nodiscard]] added_watch watches(F affected) const
    {
        return added(detail::watching_trigger<R, K>(std::move(affected)));
    }

    [[nodiscard]] std::shared_ptr<detail::trigger_set> const& shared() const noexcept
    {
        return set_;
    }

private:
    [[nodiscard]] added_watch added(detail::trigger made) const
    {
        return {set_, set_->add(std::move(made))};
    }

    std::shared_ptr<detail::trigger_set> set_ = detail::trigger_set::make();
};

} // namespace converge
