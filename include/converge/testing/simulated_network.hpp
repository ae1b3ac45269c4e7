// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/transport.hpp>
#include <converge/async/random_service.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>
#include <converge/async/wake.hpp>
#include <converge/core/failure.hpp>
#include <converge/testing/world.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace converge::testing {

/// What a network does to what it carries. Setters chain; a calm network by default.
class network_weather {
public:
    network_weather() {}

    /// Each way takes a uniform time up to `longest`; 5 ms unless set.
    [[nodiscard]] network_weather delaying(duration longest) &&
    {
        delay_ = longest;
        return std::move(*this);
    }
    /// The share of requests that never arrive, in [0, 1].
    [[nodiscard]] network_weather losing_requests(double share) &&
    {
        lost_requests_ = share;
        return std::move(*this);
    }
    /// The share of answers that never arrive, though what was asked has been done.
    [[nodiscard]] network_weather losing_answers(double share) &&
    {
        lost_answers_ = share;
        return std::move(*this);
    }
    /// When a sender gives up with `errc::timed_out`; 5 s unless set.
    [[nodiscard]] network_weather timing_out_after(duration patience) &&
    {
        patience_ = patience;
        return std::move(*this);
    }

    [[nodiscard]] duration delay() const noexcept { return delay_; }
    [[nodiscard]] double lost_requests() const noexcept { return lost_requests_; }
    [[nodiscard]] double lost_answers() const noexcept { return lost_answers_; }
    [[nodiscard]] duration patience() const noexcept { return patience_; }

private:
    duration delay_ = std::chrono::milliseconds{5};
    double lost_requests_ = 0;
    double lost_answers_ = 0;
    duration patience_ = std::chrono::seconds{5};
};

namespace detail {

/// One request under way; owned by the network and, while it waits, by its sender.
struct exchange {
    explicit exchange(request what) : asked{std::move(what)} {}

    request asked;
    std::optional<response> answer;
    std::exception_ptr refusal;
    wake arrived;
};

[[nodiscard]] inline duration part_of(duration longest, double share)
{
    return std::chrono::duration_cast<duration>(longest * share);
}

/// Carries a request there and its answer back, in the network's own process.
inline task<> carry(std::shared_ptr<transport> to, std::shared_ptr<exchange> load,
                    network_weather weather)
{
    auto const where = co_await this_coro::executor;
    auto& chance = random_of(where);
    co_await sleep_for(part_of(weather.delay(), chance.unit("network.there")));
    if (chance.unit("network.lose_request") < weather.lost_requests())
        co_return;
    try {
        load->answer = co_await to->send(std::move(load->asked));
    } catch (error const&) {
        load->refusal = std::current_exception();
    }
    co_await sleep_for(part_of(weather.delay(), chance.unit("network.back")));
    if (chance.unit("network.lose_answer") < weather.lost_answers())
        co_return;
    load->arrived.notify_one();
}

/// A watch whose batches arrive late, in order.
class delayed_watch final : public watch_stream {
public:
    delayed_watch(std::unique_ptr<watch_stream> from, network_weather weather)
        : from_{std::move(from)}, weather_{std::move(weather)}
    {
    }

    [[nodiscard]] task<watch_batch> next() override
    {
        if (!coming_)
            coming_ = co_await from_->next();
        auto const where = co_await this_coro::executor;
        auto const share = random_of(where).unit("network.watch");
        co_await sleep_for(part_of(weather_.delay(), share));
        auto batch = *std::move(coming_);
        coming_.reset();
        through_ = batch.through;
        co_return batch;
    }

    [[nodiscard]] revision through() const override { return through_; }

private:
    std::unique_ptr<watch_stream> from_;
    network_weather weather_;
    std::optional<watch_batch> coming_;
    revision through_{};
};

} // namespace detail

/// Stands between clients and an api in a world. What is sent belongs to the network, not to the
/// sender: a request takes effect even if the process that sent it has died meanwhile, as it does
/// on a real one.
class simulated_network {
public:
    simulated_network(world& in, std::shared_ptr<transport> to, network_weather weather = {})
        : world_{in}, to_{std::move(to)}, weather_{std::move(weather)},
          carrier_{in.start("network", [] { return idle(); })}
    {
    }
    simulated_network(simulated_network const&) = delete;
    simulated_network& operator=(simulated_network const&) = delete;

    /// A connection for one client; the network must outlive it.
    [[nodiscard]] std::shared_ptr<transport> connect() { return std::make_shared<line>(*this); }

    /// From now on.
    void set_weather(network_weather weather) { weather_ = std::move(weather); }

private:
    class line final : public transport {
    public:
        explicit line(simulated_network& through) : net_{through} {}

        [[nodiscard]] task<response> send(request asked) override
        {
            auto const load = std::make_shared<detail::exchange>(std::move(asked));
            net_.world_.spawn(net_.carrier_, detail::carry(net_.to_, load, net_.weather_));
            auto const give_up = co_await now() + net_.weather_.patience();
            bool const arrived = co_await load->arrived.wait_until(give_up);
            if (!arrived)
                throw error{errc::timed_out, "no answer; it may have been done all the same"};
            if (load->refusal)
                std::rethrow_exception(load->refusal);
            co_return *std::move(load->answer);
        }

        [[nodiscard]] std::unique_ptr<watch_stream> watch(watch_request asked) override
        {
            return std::make_unique<detail::delayed_watch>(net_.to_->watch(std::move(asked)),
                                                           net_.weather_);
        }

    private:
        simulated_network& net_;
    };

    static task<> idle() { co_return; }

    world& world_;
    std::shared_ptr<transport> to_;
    network_weather weather_;
    process carrier_;
};

} // namespace converge::testing
