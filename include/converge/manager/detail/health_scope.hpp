// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/failure.hpp>
#include <converge/manager/health.hpp>

#include <memory>
#include <optional>

namespace converge::detail {

/// Holds a `health` for one call of `run`, and lets a control plane report to it.
class health_scope {
public:
    /// @throws errc::invalid if another control plane has it.
    explicit health_scope(std::optional<health> const& of) : state_{of ? of->state_ : nullptr}
    {
        if (state_ && state_->taken)
            throw error{errc::invalid, "a control plane reports to this health already; give each "
                                       "one of its own"};
        if (state_)
            state_->taken = true;
    }
    health_scope(health_scope const&) = delete;
    health_scope& operator=(health_scope const&) = delete;
    ~health_scope()
    {
        if (state_)
            state_->taken = false;
    }

    /// While it lives `from` is who reports.
    class source {
    public:
        source(health_scope const& in, health_source const& from) : state_{in.state_}
        {
            if (state_)
                state_->source = &from;
        }
        source(source const&) = delete;
        source& operator=(source const&) = delete;
        ~source()
        {
            if (state_)
                state_->source = nullptr;
        }

    private:
        std::shared_ptr<health_state> state_;
    };

    [[nodiscard]] bool wanted() const noexcept { return state_ != nullptr; }

private:
    std::shared_ptr<health_state> state_;
};

} // namespace converge::detail
