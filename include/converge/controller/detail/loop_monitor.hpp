// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/request_origin.hpp>
#include <converge/async/task.hpp>
#include <converge/core/time.hpp>

#include <boost/asio/execution_context.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace converge::detail {

/// Watches the controllers of an execution context. A context has one only if somebody registered
/// it, as simulations do; controllers then tell it what they run.
///
/// @par Threads  Called on the strands of the controllers.
class loop_monitor : public boost::asio::execution_context::service {
public:
    using key_type = loop_monitor;
    using boost::asio::execution_context::service::service;

    /// A reconcile begins.
    virtual void began(std::shared_ptr<request_origin const> const&) {}
    /// The result: settled, again, again_in, failed, conflict, terminal or cancelled; and why, if it
    /// failed. Not called for a run whose process died.
    virtual void ended(std::shared_ptr<request_origin const> const&, std::string_view /*result*/,
                       std::string_view /*why*/)
    {}
    /// The controllers of a control plane have stopped: what they were to try again they will not.
    virtual void stopped() {}
    /// How often all objects of a controller shall be run though nothing changed.
    [[nodiscard]] virtual std::optional<duration> resync(std::optional<duration> declared)
    {
        return declared;
    }

private:
    void shutdown() override {}
};

/// Null if nobody watches.
[[nodiscard]] inline loop_monitor* monitor_of(executor const& where)
{
    auto& context = where.context();
    return boost::asio::has_service<loop_monitor>(context)
               ? &boost::asio::use_service<loop_monitor>(context)
               : nullptr;
}

} // namespace converge::detail
