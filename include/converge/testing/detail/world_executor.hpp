// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace converge::testing::detail {

/// Which task of which life of which process.
struct origin {
    std::uint64_t task = 0;
    std::uint32_t process = 0;
    std::uint32_t incarnation = 0;

    friend bool operator==(origin const&, origin const&) = default;
};

/// A function that waits for its turn; destroyed without being called if its process dies.
class turn {
public:
    virtual ~turn() = default;
    virtual void take() = 0;
};

template <class F>
class turn_of final : public turn {
public:
    explicit turn_of(F call) : call_{std::move(call)} {}
    void take() override
    {
        // The function may end the process that this turn belongs to: own it alone.
        F call{std::move(call_)};
        call();
    }

private:
    F call_;
};

/// Where the turns of a world queue up.
class turn_queue : public boost::asio::execution_context {
public:
    virtual void enqueue(origin from, std::unique_ptr<turn> next) = 0;

protected:
    ~turn_queue() = default;
};

/// The executor of a world: never runs anything inside `execute`.
class world_executor {
public:
    world_executor(turn_queue& in, origin from) noexcept : in_{&in}, from_{from} {}

    [[nodiscard]] boost::asio::execution_context&
    query(boost::asio::execution::context_t) const noexcept
    {
        return *in_;
    }
    [[nodiscard]] static constexpr boost::asio::execution::blocking_t
    query(boost::asio::execution::blocking_t) noexcept
    {
        return boost::asio::execution::blocking.never;
    }
    [[nodiscard]] world_executor require(boost::asio::execution::blocking_t::never_t) const noexcept
    {
        return *this;
    }

    template <class F>
    void execute(F&& call) const
    {
        in_->enqueue(from_, std::make_unique<turn_of<std::decay_t<F>>>(std::forward<F>(call)));
    }

    [[nodiscard]] origin from() const noexcept { return from_; }

    friend bool operator==(world_executor const&, world_executor const&) noexcept = default;

private:
    turn_queue* in_;
    origin from_;
};

} // namespace converge::testing::detail
