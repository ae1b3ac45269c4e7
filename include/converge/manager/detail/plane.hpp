// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/async/wake.hpp>
#include <converge/client/client.hpp>
#include <converge/client/informer_set.hpp>
#include <converge/controller/detail/controller_loop.hpp>
#include <converge/controller/detail/controller_spec.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/manager/detail/elector.hpp>
#include <converge/manager/detail/health_state.hpp>
#include <converge/manager/detail/work_tracker.hpp>
#include <converge/manager/run_options.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace converge::detail {

/// What one control plane is made of, from its start to its stop, or to the loss of the lease.
class plane final : public health_source {
public:
    /// @param where  where it runs
    CONVERGE_DECL plane(client api, std::vector<controller_spec> specs, run_options const& how,
                        executor where);
    plane(plane const&) = delete;
    plane& operator=(plane const&) = delete;
    CONVERGE_DECL ~plane();

    [[nodiscard]] informer_set& caches() noexcept { return caches_; }
    /// Null without an election.
    [[nodiscard]] elector* election() noexcept { return election_ ? &*election_ : nullptr; }

    /// The loops that run from the start, and those that run once it leads.
    [[nodiscard]] auto const& loops() const noexcept { return loops_; }
    [[nodiscard]] auto const& leaders_loops() const noexcept { return leaders_loops_; }

    [[nodiscard]] CONVERGE_DECL task<> wait_synced();

    /// Cancels what is in progress, whatever the grace period.
    CONVERGE_DECL void abandon();

    CONVERGE_DECL void tell_live(health_report& into, duration patience) const override;
    CONVERGE_DECL void tell_ready(health_report& into) const override;

private:
    using loop_list = std::vector<std::unique_ptr<controller_loop>>;

    CONVERGE_DECL void add(controller_spec spec, client const& api, control_context const& context);

    executor where_;
    informer_set caches_;
    // The loops may use both to their end.
    work_tracker work_;
    std::optional<elector> election_;
    loop_list loops_;
    loop_list leaders_loops_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/manager/impl/plane.ipp>
#endif
