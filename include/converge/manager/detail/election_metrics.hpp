// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/observe/metrics_registry.hpp>

#include <chrono>
#include <string>

namespace converge::detail {

/// The measures of one candidate; nothing without a registry.
class election_metrics {
public:
    election_metrics(metrics_registry* registry, std::string const& election)
    {
        if (registry == nullptr)
            return;
        leads_ = registry->gauge("converge_leader", "1 while this replica leads, else 0.",
                                 {{"name", election}});
        terms_ = registry->counter("converge_leader_transitions_total",
                                   "How often this replica began to lead.", {{"name", election}});
        failed_ = registry->counter("converge_leader_renewals_failed_total",
                                    "Renewals of the lease that failed.", {{"name", election}});
        age_ = registry->gauge("converge_leader_seconds_since_renewal",
                               "How old the last renewal was when the next had been tried.",
                               {{"name", election}});
        leads_.set(0);
    }

    void began()
    {
        leads_.set(1);
        terms_.add(1);
        age_.set(0);
    }
    void ended() { leads_.set(0); }
    void failed() { failed_.add(1); }
    void renewed_before(duration span) { age_.set(std::chrono::duration<double>(span).count()); }

private:
    gauge leads_;
    counter terms_;
    counter failed_;
    gauge age_;
};

} // namespace converge::detail
