// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/machine_type.hpp"

#include <converge/async/task.hpp>
#include <converge/core/time.hpp>

#include <optional>
#include <string>

namespace cluster {

/// A machine as its provider knows it.
struct provided_machine {
    std::string provider_id{};
    bool running = false;
    /// When it runs, or began to run.
    converge::instant running_at{};
};

/// Makes machines: what a cloud would implement.
///
/// @par Threads  The strand of the control plane.
class machine_provider {
public:
    virtual ~machine_provider() = default;

    /// Makes the machine that `token` stands for; one that is there already is left alone, so
    /// that a request may be repeated. @throws converge::error if the type is out of stock.
    [[nodiscard]] virtual converge::task<provided_machine>
    create(std::string token, converge::object_ptr<machine_type> type) = 0;

    [[nodiscard]] virtual converge::task<std::optional<provided_machine>> find(std::string token) = 0;

    /// Ends a machine and what runs on it; none is as good.
    [[nodiscard]] virtual converge::task<> remove(std::string token) = 0;
};

} // namespace cluster
