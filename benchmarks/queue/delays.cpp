// SPDX-License-Identifier: BSL-1.0
#include "blocking.hpp"
#include "parts.hpp"
#include "subjects.hpp"

#include "measure/sample.hpp"

#include <converge/work/random.hpp>

#include <chrono>
#include <thread>

namespace bench {

namespace {

using namespace std::chrono_literals;

struct delays {
    double insert_ns = 0;
    double fire_ns = 0;
    std::vector<double> lateness{};
};

/// Times drawn evenly from one second.
std::vector<duration> draw_delays(std::size_t count)
{
    converge::random_bits chance{4};
    std::vector<duration> drawn;
    for (std::size_t i = 0; i < count; ++i)
        drawn.emplace_back(chance.uniform(1'000'000'000));
    return drawn;
}

/// The work alone: no thread waits, the clock is the earliest time.
template <class Queue>
delays in_virtual_time(std::vector<typename Queue::key_type> const& keys,
                       std::vector<duration> const& after)
{
    Queue queue;
    typename Queue::item item;
    auto const each = 1e9 / static_cast<double>(keys.size());
    auto const begin = processor_seconds();
    for (std::size_t i = 0; i < keys.size(); ++i)
        queue.add_at(keys[i], instant{after[i]});
    auto const inserted = processor_seconds();
    while (auto const due = queue.next_due()) {
        while (queue.take(*due, item))
            queue.done(item.key);
    }
    return {(inserted - begin) * each, (processor_seconds() - inserted) * each};
}

/// One thread inserts, another sleeps until the next time and measures how late it is.
template <class Queue>
delays in_real_time(std::vector<typename Queue::key_type> const& keys,
                    std::vector<duration> const& after)
{
    blocking<Queue> queue;
    std::unordered_map<typename Queue::key_type, instant> due;
    auto const origin = now_on_the_clock() + 1s;
    for (std::size_t i = 0; i < keys.size(); ++i)
        due[keys[i]] = origin + after[i];
    delays found;
    found.lateness.reserve(keys.size());
    std::thread worker{[&] {
        typename Queue::item item;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            queue.get(item);
            auto const late = now_on_the_clock() - due[item.key];
            found.lateness.push_back(std::chrono::duration<double, std::micro>(late).count());
            queue.done(item.key);
        }
    }};
    for (std::size_t i = 0; i < keys.size(); ++i)
        queue.add_at(keys[i], origin + after[i]);
    worker.join();
    return found;
}

/// Each key fails, is due again 5 ms later, taken and done; keys/s.
template <class Key>
double retried_per_second(std::vector<Key> const& keys)
{
    converge::keyed_queue<Key> queue;
    typename converge::keyed_queue<Key>::taken run;
    auto const begin = steady::now();
    for (auto const& key : keys)
        queue.retry(key, cause_kind::retry, now_on_the_clock(), 5ms);
    for (std::size_t left = keys.size(); left != 0;) {
        if (!queue.take(now_on_the_clock(), run)) {
            std::this_thread::sleep_until(on_the_clock(*queue.next_due()));
            continue;
        }
        queue.forget(run.key);
        queue.done(run.key);
        --left;
    }
    return static_cast<double>(keys.size()) / seconds_since(begin);
}

template <class Key>
void measure_delays_of(settings const& how, report& into)
{
    auto const named = [](std::string const& what) {
        return "delays." + what + "." + key_name<Key>;
    };
    auto const keys = make_keys<Key>(how.count(100'000, 10'000));
    auto const after = draw_delays(keys.size());
    std::vector<double> insert, fire, plain_insert, plain_fire, retried;
    for (int round = 0; round < (how.quick ? 1 : 7); ++round) {
        auto const ours = in_virtual_time<our_queue<Key>>(keys, after);
        auto const plain = in_virtual_time<plain_queue<Key>>(keys, after);
        insert.push_back(ours.insert_ns);
        fire.push_back(ours.fire_ns);
        plain_insert.push_back(plain.insert_ns);
        plain_fire.push_back(plain.fire_ns);
        retried.push_back(retried_per_second(keys));
    }
    into.add(named("insert"), median(insert), "ns")
        .beside("plain queue", median(plain_insert))
        .sampled(insert);
    into.add(named("fire_get_done"), median(fire), "ns")
        .beside("plain queue", median(plain_fire))
        .sampled(fire);
    into.add(named("retried_after_5_ms"), median(retried), "/s").sampled(retried);

    auto const ours = in_real_time<our_queue<Key>>(keys, after);
    auto const plain = in_real_time<plain_queue<Key>>(keys, after);
    into.add(named("lateness.p50"), median(ours.lateness), "us")
        .beside("plain queue", median(plain.lateness));
    into.add(named("lateness.p99"), percentile(ours.lateness, 0.99), "us")
        .beside("plain queue", percentile(plain.lateness, 0.99));
}

} // namespace

void measure_delays(settings const& how, report& into)
{
    into.condition(
        "delays",
        "100,000 keys, times drawn evenly from a second. Insert, and fire with get and "
        "done: processor time of one thread. Lateness: from the due time to the return "
        "of get on a thread of its own. In Go 1.19 on two quiet processors, client-go "
        "0.26, 0.36 with strings, controller-runtime 0.24: all of it 4939, 3902, 5824 ns; "
        "lateness p50 652, 640, 44000 us, p99 1544, 1692, 107800 us; retried 0.69 M, "
        "0.83 M, 0.31 M/s");
    measure_delays_of<std::string>(how, into);
    measure_delays_of<converge::object_key>(how, into);
    measure_delays_of<std::uint32_t>(how, into);
}

} // namespace bench
