// SPDX-License-Identifier: BSL-1.0
#include "blocking.hpp"
#include "parts.hpp"
#include "subjects.hpp"

#include "measure/sample.hpp"

#include <atomic>
#include <functional>
#include <latch>
#include <thread>

namespace bench {

namespace {

/// One run of a workload.
struct pace {
    double per_second = 0;
    double processor_ns = 0;
};

[[nodiscard]] double process_seconds()
{
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

/// Starts the threads, then the clock, and stops it when all have ended.
pace time_of(std::vector<std::function<void()>> const& threads, std::size_t items)
{
    std::latch begin{1};
    std::vector<std::thread> running;
    for (auto const& each : threads)
        running.emplace_back([&] {
            begin.wait();
            each();
        });
    auto const started = steady::now();
    auto const used = process_seconds();
    begin.count_down();
    for (auto& each : running)
        each.join();
    auto const count = static_cast<double>(items);
    return {count / seconds_since(started), (process_seconds() - used) * 1e9 / count};
}

/// One thread adds all keys, others work them off; ends when the last is done.
template <class Queue>
pace pipe(std::vector<typename Queue::key_type> const& keys, std::size_t adds, int workers)
{
    blocking<Queue> queue;
    std::vector<std::function<void()>> threads(static_cast<std::size_t>(workers), [&] {
        typename Queue::item item;
        while (queue.get(item))
            queue.done(item.key);
    });
    threads.push_back([&] {
        for (std::size_t i = 0; i < adds; ++i)
            queue.add(keys[i % keys.size()]);
        queue.shut_down();
    });
    return time_of(threads, adds);
}

/// All keys wait; workers take one, finish it and add it again.
template <class Queue>
pace cycle_among(std::vector<typename Queue::key_type> const& keys, std::size_t cycles, int workers)
{
    blocking<Queue> queue;
    for (auto const& key : keys)
        queue.unlocked().add(key);
    auto const each = cycles / static_cast<std::size_t>(workers);
    std::vector<std::function<void()>> const threads(static_cast<std::size_t>(workers), [&] {
        typename Queue::item item;
        for (std::size_t i = 0; i < each; ++i) {
            queue.get(item);
            queue.done(item.key);
            queue.add(item.key);
        }
    });
    return time_of(threads, cycles);
}

/// Both in turn, several times; medians.
void compare(report& into, settings const& how, std::string const& name,
             std::function<pace()> const& ours, std::function<pace()> const& plain)
{
    std::vector<double> rates, costs, ratios, plain_rates, plain_costs;
    for (int round = 0; round < (how.quick ? 1 : 7); ++round) {
        auto const mine = ours();
        auto const other = plain();
        rates.push_back(mine.per_second);
        costs.push_back(mine.processor_ns);
        plain_rates.push_back(other.per_second);
        plain_costs.push_back(other.processor_ns);
        ratios.push_back(mine.per_second / other.per_second);
    }
    into.add(name, median(rates), "/s")
        .beside("plain queue", median(plain_rates))
        .with_ratio(median(ratios))
        .sampled(rates);
    into.add(name + ".processor", median(costs), "ns")
        .beside("plain queue", median(plain_costs))
        .sampled(costs);
}

template <class Key>
void measure_threads_of(settings const& how, report& into)
{
    auto const named = [](std::string const& what) {
        return "threads." + what + "." + key_name<Key>;
    };
    auto const million = make_keys<Key>(how.count(1'000'000, 20'000));
    for (int const workers : {1, 4})
        compare(
            into, how, named("1_producer_" + std::to_string(workers) + "_workers"),
            [&] { return pipe<our_queue<Key>>(million, million.size(), workers); },
            [&] { return pipe<plain_queue<Key>>(million, million.size(), workers); });

    auto const hot = make_keys<Key>(1'000);
    auto const adds = 2 * million.size();
    compare(
        into, how, named("hot_1000_keys_4_workers"),
        [&] { return pipe<our_queue<Key>>(hot, adds, 4); },
        [&] { return pipe<plain_queue<Key>>(hot, adds, 4); });

    auto const resident = make_keys<Key>(how.count(100'000, 10'000));
    for (int const workers : {1, 4})
        compare(
            into, how, named("cycle_" + std::to_string(workers) + "_workers"),
            [&] { return cycle_among<our_queue<Key>>(resident, million.size(), workers); },
            [&] { return cycle_among<plain_queue<Key>>(resident, million.size(), workers); });
}

} // namespace

void measure_threads(settings const& how, report& into)
{
    into.condition(
        "threads",
        "a queue behind one mutex, with a get that sleeps on a condition variable; one "
        "thread a producer or worker; a million keys, of the hot ones two million adds, "
        "of the 100,000 that cycle a million. From the first add to the last done; "
        "processor time of all threads for each item. In Go 1.19, goroutines on two "
        "quiet processors, items/s of client-go 0.26, 0.36 with strings, and "
        "controller-runtime 0.24: 1 worker 1.47 M, 1.71 M, 0.42 M; 4 workers 2.63 M, "
        "3.10 M, 0.38 M; hot 6.16 M, 9.83 M, 6.15 M; cycle with 1 worker 2.94 M, 4.64 M, "
        "0.50 M, with 4 2.41 M, 3.89 M, 0.53 M");
    measure_threads_of<std::string>(how, into);
    measure_threads_of<converge::object_key>(how, into);
    measure_threads_of<std::uint32_t>(how, into);
}

} // namespace bench
