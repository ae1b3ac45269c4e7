// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>
#include <converge/manager/detail/health_state.hpp>
#include <converge/manager/health_report.hpp>

#include <functional>
#include <memory>
#include <string>

namespace converge {

namespace detail {

class health_scope;

} // namespace detail

/// Whether a control plane lives, and is ready: named checks, asked when somebody asks. Give it to
/// `run` (`run_options::reporting_to`) and keep a copy; copies share the checks.
///
/// `live` fails if the process should be restarted: a reconcile takes far longer than it may, or
/// a leader neither renews its lease nor stops. `ready` fails until the caches are synced and,
/// with an election, it is known who leads: a replica that waits is ready. Where no control plane
/// runs, `live` holds and `ready` does not.
///
/// @par Threads     The strand of the control plane. An answer that does not come in time says that
///                  the strand is stuck: probes have a timeout.
/// @par Complexity  What the checks cost when asked; each reconcile notes when it begins and ends.
class health {
public:
    /// Says what is wrong, or nothing: an empty text. Must not throw.
    using check = std::function<std::string()>;

    CONVERGE_DECL health();

    /// Asked for by `live` too.
    CONVERGE_DECL void check_live(std::string name, check holds);
    /// Asked for by `ready` too.
    CONVERGE_DECL void check_ready(std::string name, check holds);

    /// How long a reconcile may take whose controller sets no `time_limit`, before its worker is
    /// taken for stuck; 10 min unless set. With a limit it is twice that and half a minute.
    CONVERGE_DECL void stuck_after(duration span);

    [[nodiscard]] CONVERGE_DECL health_report live() const;
    [[nodiscard]] CONVERGE_DECL health_report ready() const;

private:
    friend class detail::health_scope;

    std::shared_ptr<detail::health_state> state_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/manager/impl/health.ipp>
#endif
