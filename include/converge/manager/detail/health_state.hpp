// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>
#include <converge/manager/health_report.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace converge::detail {

/// What a control plane that runs can tell of itself.
class health_source {
public:
    /// @param patience how long a reconcile without a time limit may take
    virtual void tell_live(health_report& into, duration patience) const = 0;
    virtual void tell_ready(health_report& into) const = 0;

protected:
    ~health_source() = default;
};

using named_check = std::pair<std::string, std::function<std::string()>>;

/// What the copies of a `health` share.
struct health_state {
    std::vector<named_check> live;
    std::vector<named_check> ready;
    duration patience = std::chrono::minutes{10};
    /// Null if no control plane reports.
    health_source const* source = nullptr;
    /// Whether a control plane has it, if only between two terms.
    bool taken = false;
};

} // namespace converge::detail
