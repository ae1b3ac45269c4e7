// SPDX-License-Identifier: BSL-1.0
#include "allocations.hpp"
#include "parts.hpp"
#include "subjects.hpp"

#include <chrono>
#include <string_view>

namespace bench {

namespace {

using namespace std::chrono_literals;

template <class Queue, class Fill>
double bytes_each(std::vector<typename Queue::key_type> const& keys, Fill fill)
{
    auto const before = allocated_bytes();
    Queue queue;
    for (auto const& key : keys)
        fill(queue, key);
    return (allocated_bytes() - before) / static_cast<double>(keys.size());
}

template <class Key>
void footprint(settings const& how, report& into)
{
    auto const name = [](char const* of) {
        return std::string{"footprint."} + of + "." + key_name<Key>;
    };
    auto const keys = make_keys<Key>(how.count(1'000'000, 20'000));
    auto const ready = [](auto& queue, Key const& key) { queue.add(key); };
    into.add(name("ready"), bytes_each<our_queue<Key>>(keys, ready), "B")
        .beside("plain queue", bytes_each<plain_queue<Key>>(keys, ready));

    auto const some = make_keys<Key>(how.count(100'000, 10'000));
    auto const later = [](auto& queue, Key const& key) { queue.add_at(key, instant{1h}); };
    into.add(name("delayed"), bytes_each<our_queue<Key>>(some, later), "B")
        .beside("plain queue", bytes_each<plain_queue<Key>>(some, later));

    auto const failed = [](our_queue<Key>& queue, Key const& key) {
        queue.held.retry(key, cause_kind::retry, instant{}, 5ms);
    };
    into.add(name("failed_and_delayed"), bytes_each<our_queue<Key>>(some, failed), "B");
}

/// All that a controller does with its queue, once for each key.
template <class Key>
void live_a_day(converge::keyed_queue<Key>& queue, std::vector<Key> const& keys, instant now,
                typename converge::keyed_queue<Key>::taken& run)
{
    for (std::size_t i = 0; i < keys.size(); ++i) {
        auto const& key = keys[i];
        auto const priority = static_cast<int>(i % 3);
        if (i % 4 == 0)
            queue.add_at(key, cause_kind::requeue, now + 1s, priority);
        else if (i % 4 == 1)
            queue.add_debounced(key, cause_kind::watched, now, 1s, 2s, priority);
        else
            queue.add(key, cause_kind::changed, priority);
        queue.add(keys[i / 2], cause_kind::owned, priority);
    }
    for (int i = 0; queue.take(now + 3s, run); ++i) {
        if (i % 5 == 0) {
            queue.retry(run.key, cause_kind::retry, now, 2s);
            queue.add(run.key, cause_kind::changed);
        } else {
            queue.forget(run.key);
        }
        queue.done(run.key);
    }
}

template <class Key>
void steady_state(settings const& how, report& into, char const* what,
                  converge::queue_options<Key> options)
{
    auto const keys = make_keys<Key>(how.count(100'000, 10'000));
    converge::keyed_queue<Key> queue{std::move(options)};
    typename converge::keyed_queue<Key>::taken run;
    live_a_day(queue, keys, instant{}, run);
    auto const before = allocations();
    for (int day = 1; day <= 5; ++day)
        live_a_day(queue, keys, instant{day * 1h}, run);
    into.add(std::string{"allocations.steady_state."} + what,
             static_cast<double>(allocations() - before), "calls")
        .at_most(0);
}

} // namespace

void measure_memory(settings const& how, report& into)
{
    into.condition(
        "memory", "bytes that malloc gave out, its own overhead included (mallinfo2), for each key "
                  "that waits, its own copy of the key included. In Go, without the key's bytes: "
                  "ready 73.9 (client-go 0.26), 57.9 (0.36, strings), 108 (0.36, two strings), 177 "
                  "(controller-runtime 0.24); delayed 104, 88.5, 158; kept of a key that failed, "
                  "beside that, 121, 102, 129");
    into.condition("allocations", "calls of operator new while 100,000 keys are added, delayed, "
                                  "debounced, taken, retried and done, five times over, by a queue "
                                  "that has seen it once; limit 0");
    footprint<std::string>(how, into);
    footprint<converge::object_key>(how, into);
    footprint<std::uint32_t>(how, into);
    steady_state<std::string>(how, into, "string", {});
    steady_state<converge::object_key>(how, into, "object_key", {});
    converge::queue_options<converge::object_key> fair;
    fair.tenant_of = [](converge::object_key const& key) {
        return std::string_view{key.namespace_};
    };
    steady_state<converge::object_key>(how, into, "1000_tenants.object_key", fair);
}

} // namespace bench
