// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/metrics_registry.hpp>

#include <memory>
#include <string>
#include <utility>

namespace converge::detail {

/// Counts one reconcile as in progress for as long as it lives, however it ends.
class active_scope {
public:
    explicit active_scope(gauge& active) : active_{active} { active_.add(1); }
    active_scope(active_scope const&) = delete;
    active_scope& operator=(active_scope const&) = delete;
    ~active_scope() { active_.add(-1); }

private:
    gauge& active_;
};

/// The measures of one controller; nothing without a registry.
class loop_metrics {
public:
    loop_metrics(std::shared_ptr<metrics_registry> registry, std::string const& controller)
        : registry_{std::move(registry)},
          controller_{controller}
    {
        if (!registry_)
            return;
        settled_ = results("settled");
        requeued_ = results("requeued");
        failed_ = results("error");
        terminal_ = results("terminal");
        conflicts_ = results("conflict");
        trigger_errors_ = registry_->counter("converge_trigger_errors_total",
                                             "Functions that threw of those that say what "
                                             "runs when, and polls that failed.",
                                             {{"controller", controller}});
        active_ = registry_->gauge("converge_reconciles_active", "Reconciles in progress.",
                                   {{"controller", controller}});
        seconds_ = registry_->histogram("converge_reconcile_seconds", "How long reconciles took.",
                                        {{"controller", controller}});
    }

    [[nodiscard]] counter& settled() noexcept { return settled_; }
    [[nodiscard]] counter& requeued() noexcept { return requeued_; }
    [[nodiscard]] counter& failed() noexcept { return failed_; }
    [[nodiscard]] counter& terminal() noexcept { return terminal_; }
    [[nodiscard]] counter& conflicts() noexcept { return conflicts_; }
    [[nodiscard]] counter& trigger_errors() noexcept { return trigger_errors_; }
    /// Made when the first is found: most controllers never have one.
    [[nodiscard]] counter hot_runs()
    {
        return registry_ ? registry_->counter("converge_hot_loop_runs_total",
                                              "Reconciles of objects that keep themselves busy.",
                                              {{"controller", controller_}})
                         : counter{};
    }
    [[nodiscard]] gauge& active() noexcept { return active_; }
    [[nodiscard]] histogram& seconds() noexcept { return seconds_; }

private:
    [[nodiscard]] counter results(std::string result)
    {
        return registry_->counter("converge_reconciles_total", "Reconciles that ended, by result.",
                                  {{"controller", controller_}, {"result", std::move(result)}});
    }

    std::shared_ptr<metrics_registry> registry_;
    std::string controller_;
    counter settled_;
    counter requeued_;
    counter failed_;
    counter terminal_;
    counter conflicts_;
    counter trigger_errors_;
    gauge active_;
    histogram seconds_;
};

} // namespace converge::detail
