// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>

#include <boost/asio/execution_context.hpp>

#include <memory>

namespace converge {

/// Something that can be rung when a time has come.
class alarm {
public:
    virtual void ring() = 0;

protected:
    ~alarm() = default;
};

/// The clocks and the timers of an execution context.
///
/// This class is the real one, over the steady and the system clock. A context that lives in
/// another time registers a derived service before anyone asks, under this key:
/// `asio::add_service<time_service>(context, new derived{context})`. (`make_service` would use
/// another key, and this one would be made beside it.)
///
/// Thread-safe.
class time_service : public boost::asio::execution_context::service {
public:
    using key_type = time_service;

    explicit time_service(boost::asio::execution_context& context)
        : boost::asio::execution_context::service{context}
    {
    }

    [[nodiscard]] CONVERGE_DECL virtual instant now() const;
    [[nodiscard]] CONVERGE_DECL virtual timestamp wall_now() const;

    /// Rings `target` on `where`, once, at or after `due`, unless it or the returned handle is
    /// gone by then.
    [[nodiscard]] CONVERGE_DECL virtual std::shared_ptr<void>
    set_alarm(executor const& where, instant due, std::weak_ptr<alarm> target);

private:
    void shutdown() override {}
};

/// The time service of the context that `where` runs on; made at the first call.
[[nodiscard]] CONVERGE_DECL time_service& time_of(executor const& where);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/async/impl/time_service.ipp>
#endif
