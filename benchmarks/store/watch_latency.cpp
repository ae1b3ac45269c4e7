// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"

#include "measure/gadget.hpp"
#include "measure/sample.hpp"

#include <converge/async/task.hpp>
#include <converge/store/memory_store.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace bench {

namespace {

using namespace std::chrono_literals;

/// When the reader got what was sent, told to the writer.
class arrival {
public:
    void note() { at_.store(steady::now().time_since_epoch().count(), std::memory_order_release); }

    /// Waits for it; the time since `sent`, in microseconds.
    double after(steady::time_point sent)
    {
        steady::rep at = 0;
        while ((at = at_.exchange(0, std::memory_order_acquire)) == 0) {
        }
        return microseconds(steady::duration{at} - sent.time_since_epoch());
    }

private:
    std::atomic<steady::rep> at_{0};
};

/// A way to wake another thread. Its thread runs as long as it lives.
class hand_over {
public:
    hand_over() = default;
    hand_over(hand_over const&) = delete;
    hand_over& operator=(hand_over const&) = delete;
    virtual ~hand_over() = default;

    virtual void send() = 0;
    [[nodiscard]] virtual bool reader_waits() = 0;
    arrival arrived;
};

converge::task<> read_all(converge::watch_stream& stream, arrival& arrived)
{
    while (true) {
        (void)co_await stream.next();
        arrived.note();
    }
}

/// A commit, awaited by a coroutine of another thread's io_context.
class through_watch final : public hand_over {
public:
    through_watch()
    {
        boost::asio::co_spawn(context_, read_all(*stream_, arrived), boost::asio::detached);
        thread_ = std::thread{[this] { context_.run(); }};
    }
    ~through_watch() override
    {
        context_.stop();
        thread_.join();
    }

    void send() override { store_.commit(put_one(key_, 1)); }
    bool reader_waits() override { return store_.stats().waiting_watches == 1; }

private:
    std::string const key_ = make_keys(1).front();
    converge::memory_store store_;
    std::unique_ptr<converge::watch_stream> stream_ =
        store_.watch(converge::watch_query{"", converge::revision{}});
    // The coroutine ends with its context, before what it reads from.
    boost::asio::io_context context_{1};
    std::thread thread_;
};

/// The limit: a flag under a mutex, and a condition variable.
class through_condition final : public hand_over {
public:
    through_condition() : thread_{[this] { run(); }} {}
    ~through_condition() override
    {
        change([this] { stop_ = true; });
        thread_.join();
    }

    void send() override
    {
        change([this] { sent_ = true; });
    }
    bool reader_waits() override
    {
        std::lock_guard const lock{mutex_};
        return waits_;
    }

private:
    template <class Change>
    void change(Change what)
    {
        {
            std::lock_guard const lock{mutex_};
            what();
        }
        changed_.notify_one();
    }

    void run()
    {
        std::unique_lock lock{mutex_};
        while (true) {
            waits_ = true;
            changed_.wait(lock, [this] { return sent_ || stop_; });
            waits_ = false;
            if (stop_)
                return;
            sent_ = false;
            arrived.note();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool waits_ = false;
    bool sent_ = false;
    bool stop_ = false;
    std::thread thread_;
};

/// Sends that often, the reader asleep each time.
void send_slice(hand_over& through, std::size_t count, bool paced, std::vector<double>& latencies)
{
    for (std::size_t i = 0; i < count; ++i) {
        while (!through.reader_waits())
            std::this_thread::yield();
        if (paced)
            std::this_thread::sleep_for(1ms);
        else
            spin_for(30us);
        auto const sent = steady::now();
        through.send();
        latencies.push_back(through.arrived.after(sent));
    }
}

} // namespace

void measure_watch_latency(settings const& how, report& into)
{
    into.condition("watch latency", "from before the commit until the coroutine has the event; the "
                                    "writer spins for 30 us in between, or sleeps for 1 ms");
    through_watch ours;
    through_condition limit;
    for (bool const paced : {false, true}) {
        std::vector<double> mine;
        std::vector<double> plain;
        for (std::size_t slice = 0; slice < how.count(20, 2); ++slice) {
            send_slice(ours, how.count(paced ? 50 : 1000, 20), paced, mine);
            send_slice(limit, how.count(paced ? 50 : 1000, 20), paced, plain);
        }
        std::string const name =
            std::string{"watch_latency."} + (paced ? "sleeping_writer" : "busy_writer");
        auto& p50 = into.add(name + ".p50", median(mine), "us");
        p50.beside("condition variable", median(plain));
        if (!paced)
            p50.at_most(6);
        into.add(name + ".p99", percentile(mine, 0.99), "us")
            .beside("condition variable", percentile(plain, 0.99));
    }
}

} // namespace bench
