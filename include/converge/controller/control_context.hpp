// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>
#include <converge/observe/fwd.hpp>
#include <converge/observe/logger.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace converge {

/// What all controllers of a control plane share: where they report, how they stop. Everything
/// has a default; setters chain.
class control_context {
public:
    CONVERGE_DECL control_context();

    /// Nothing is logged unless set.
    [[nodiscard]] control_context logging_to(logger log) &&
    {
        log_ = std::move(log);
        return std::move(*this);
    }
    /// Nothing is measured unless set.
    [[nodiscard]] control_context measured_by(std::shared_ptr<metrics_registry> registry) &&
    {
        metrics_ = std::move(registry);
        return std::move(*this);
    }
    /// How long reconciles in progress may take to end when the control plane stops, before
    /// they are cancelled; 10 s unless set.
    [[nodiscard]] control_context draining_for(duration grace) &&
    {
        grace_ = grace;
        return std::move(*this);
    }

    /// Remembers what the controllers do, for `explain`; nothing is remembered unless set.
    [[nodiscard]] control_context remembering_in(std::shared_ptr<reconcile_history> history) &&
    {
        history_ = std::move(history);
        return std::move(*this);
    }

    [[nodiscard]] logger const& log() const noexcept { return log_; }
    /// Null if nothing is to be measured.
    [[nodiscard]] std::shared_ptr<metrics_registry> const& metrics() const noexcept
    {
        return metrics_;
    }
    /// Null if nothing is to be remembered.
    [[nodiscard]] std::shared_ptr<reconcile_history> const& history() const noexcept
    {
        return history_;
    }
    [[nodiscard]] duration grace() const noexcept { return grace_; }

private:
    logger log_;
    std::shared_ptr<metrics_registry> metrics_;
    std::shared_ptr<reconcile_history> history_;
    duration grace_ = std::chrono::seconds{10};
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/controller/impl/control_context.ipp>
#endif
