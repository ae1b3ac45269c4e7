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
#include <ctime>
#include <thread>

namespace bench {

namespace {

using namespace std::chrono_literals;

/// How many commits follow each other before the writer waits until all watchers have them: as
/// many as the Go API server's cache is measured with, since it closes a watcher further behind.
constexpr std::size_t burst = 8;

/// Of all threads.
double process_seconds()
{
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

converge::task<> read_all(converge::watch_stream& stream, std::atomic<std::size_t>& seen)
{
    while (true) {
        auto const batch = co_await stream.next();
        seen.fetch_add(batch.events.size(), std::memory_order_release);
    }
}

/// Watchers of one store, each a coroutine on the one thread of a context.
class audience {
public:
    audience(converge::memory_store& of, std::size_t watchers)
    {
        for (std::size_t i = 0; i < watchers; ++i) {
            streams_.push_back(of.watch(converge::watch_query{"", of.newest()}));
            boost::asio::co_spawn(context_, read_all(*streams_.back(), seen),
                                  boost::asio::detached);
        }
        thread_ = std::thread{[this] { context_.run(); }};
        while (of.stats().waiting_watches < watchers)
            std::this_thread::yield();
    }
    ~audience()
    {
        context_.stop();
        thread_.join();
    }
    audience(audience const&) = delete;
    audience& operator=(audience const&) = delete;

    std::atomic<std::size_t> seen{0};

private:
    std::vector<std::unique_ptr<converge::watch_stream>> streams_;
    boost::asio::io_context context_{1};
    std::thread thread_;
};

struct outcome {
    std::vector<double> deliveries;
    std::vector<double> writer;
    std::vector<double> processor;
};

/// One slice: bursts of commits, each waited for.
void run_slice(converge::memory_store& store, std::size_t watchers, steady::duration span,
               outcome& into)
{
    audience readers{store, watchers};
    auto const keys = make_keys(burst);
    auto const used = process_seconds();
    auto const begin = steady::now();
    std::size_t events = 0;
    double writing = 0;
    while (steady::now() - begin < span) {
        auto const wrote = steady::now();
        for (auto const& key : keys)
            store.commit(put_one(key, 1));
        writing += seconds_since(wrote);
        events += burst;
        while (readers.seen.load(std::memory_order_acquire) < events * watchers)
            std::this_thread::yield();
    }
    auto const seconds = seconds_since(begin);
    auto const delivered = static_cast<double>(events * watchers);
    into.deliveries.push_back(delivered / seconds);
    into.writer.push_back(writing / static_cast<double>(events) * 1e6);
    into.processor.push_back((process_seconds() - used) / delivered * 1e9);
}

/// The limit: the writer copies every event to every watcher's own queue, which nobody locks,
/// wakes or reads.
double copy_slice(std::size_t watchers, steady::duration span)
{
    std::vector<std::vector<converge::store_event>> queues(watchers);
    for (auto& each : queues)
        each.reserve(burst);
    auto const keys = make_keys(burst);
    auto const value = converge::any_object{converge::object_ptr<gadget>{make_gadget(1)}};
    auto const begin = steady::now();
    std::size_t events = 0;
    while (steady::now() - begin < span) {
        for (auto const& key : keys)
            for (auto& each : queues)
                each.emplace_back(key, value, value, converge::revision{1});
        for (auto& each : queues)
            each.clear();
        events += burst;
    }
    return static_cast<double>(events * watchers) / seconds_since(begin);
}

void add_rows(std::string const& name, outcome const& found, double copied, report& into)
{
    into.add(name + ".deliveries", median(found.deliveries), "/s")
        .sampled(found.deliveries)
        .beside("copies to queues by the writer", copied);
    into.add(name + ".processor_time_per_delivery", median(found.processor), "ns")
        .beside("a copy to a queue", 1e9 / copied);
}

void measure_audience(std::size_t watchers, settings const& how, report& into)
{
    auto const span = how.quick ? 20ms : 300ms;
    converge::memory_store store;
    converge::memory_store ignored;
    std::vector<std::unique_ptr<converge::watch_stream>> stalled;
    for (std::size_t i = 0; i < 10'000; ++i)
        stalled.push_back(ignored.watch(converge::watch_query{"", ignored.newest()}));
    outcome alone;
    outcome beside;
    std::vector<double> copied;
    for (std::size_t slice = 0; slice < how.count(7, 1); ++slice) {
        run_slice(store, watchers, span, alone);
        run_slice(ignored, watchers, span, beside);
        copied.push_back(copy_slice(watchers, span / 2));
    }
    auto const name = "fan_out." + std::to_string(watchers) + "_watchers";
    add_rows(name, alone, median(copied), into);
    into.add(name + ".writer_time_per_commit", median(alone.writer), "us").sampled(alone.writer);
    add_rows(name + "_beside_10000_stalled", beside, median(copied), into);
    into.add(name + "_beside_10000_stalled.writer_time_per_commit", median(beside.writer), "us")
        .sampled(beside.writer)
        .beside("without the stalled ones", median(alone.writer))
        .ratio_at_most(1.1);
}

} // namespace

void measure_fan_out(settings const& how, report& into)
{
    into.condition("fan-out", "bursts of 8 commits by one thread, each awaited by all watchers, "
                              "which are coroutines on one other thread");
    for (auto const watchers : {1, 100, 10'000})
        measure_audience(static_cast<std::size_t>(watchers), how, into);
}

} // namespace bench
