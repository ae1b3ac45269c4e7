// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"
#include "subjects.hpp"

#include "measure/micro.hpp"
#include "measure/sample.hpp"

#include <memory>
#include <string_view>

namespace bench {

namespace {

constexpr std::size_t resident = 100'000;

template <class Key>
converge::queue_options<Key> by_namespace()
{
    converge::queue_options<Key> fair;
    fair.tenant_of = [](Key const& key) { return std::string_view{key.namespace_}; };
    return fair;
}

/// Get, done, and add again, while all keys wait, in three priorities.
template <class Queue>
measured cycle_of(Queue made)
{
    struct bed {
        Queue queue;
        typename Queue::item item{};
    };
    auto const in = std::make_shared<bed>();
    in->queue = std::move(made);
    auto const keys = make_keys<typename Queue::key_type>(resident);
    for (std::size_t i = 0; i < keys.size(); ++i)
        in->queue.add(keys[i], static_cast<int>(i % 3));
    return [in](benchmark::State& state) {
        for (auto _ : state) {
            in->queue.take(instant{}, in->item);
            in->queue.done(in->item.key);
            in->queue.add(in->item.key, in->item.priority);
        }
    };
}

template <class Key>
micro cycle()
{
    micro made{std::string{"queue.cycle.100000_keys."} + key_name<Key>, "ns",
               cycle_of(our_queue<Key>{}), "plain queue", cycle_of(plain_queue<Key>{})};
    made.at_most = 300;
    return made;
}

/// Fairness between a thousand namespaces, and what it costs.
micro fair_cycle()
{
    using converge::object_key;
    our_queue<object_key> fair{converge::keyed_queue<object_key>{by_namespace<object_key>()}};
    return {"queue.cycle.1000_tenants.object_key", "ns", cycle_of(std::move(fair)),
            "the same without tenants", cycle_of(our_queue<object_key>{})};
}

/// Every key into an empty queue, or every key out of a full one.
template <class Queue>
measured all_keys(std::shared_ptr<std::vector<typename Queue::key_type>> keys, bool adds)
{
    return [keys, adds](benchmark::State& state) {
        for (auto _ : state) {
            Queue queue;
            typename Queue::item item;
            auto begin = processor_seconds();
            for (auto const& key : *keys)
                queue.add(key);
            if (!adds) {
                begin = processor_seconds();
                while (queue.take(instant{}, item))
                    queue.done(item.key);
            }
            state.SetIterationTime(processor_seconds() - begin);
        }
    };
}

template <class Key>
micro all(std::size_t size, bool adds)
{
    auto const keys = std::make_shared<std::vector<Key>>(make_keys<Key>(size));
    auto const name = std::string{adds ? "queue.add.growing_to_" : "queue.get_done."} +
                      std::to_string(size) + "_keys." + key_name<Key>;
    return {name,
            "ns",
            all_keys<our_queue<Key>>(keys, adds),
            "plain queue",
            all_keys<plain_queue<Key>>(keys, adds),
            static_cast<double>(size),
            true};
}

/// A queue for three keys, from nothing to nothing: what a simulation makes many of.
micro small_queue()
{
    using converge::object_key;
    auto const keys = std::make_shared<std::vector<object_key>>(make_keys<object_key>(3));
    auto const ours = [keys](benchmark::State& state) {
        for (auto _ : state) {
            our_queue<object_key> queue;
            for (auto const& key : *keys)
                queue.add(key);
        }
    };
    auto const plain = [keys](benchmark::State& state) {
        for (auto _ : state) {
            plain_queue<object_key> queue;
            for (auto const& key : *keys)
                queue.add(key);
        }
    };
    return {"queue.made_for_3_keys.object_key", "ns", ours, "plain queue", plain};
}

} // namespace

void measure_operations(settings const& how, report& into)
{
    into.condition(
        "operations",
        "processor time of one thread; cycle is get, done, add again, with keys of three "
        "priorities. In Go 1.19 on two quiet processors: cycle 340 ns (client-go 0.26), "
        "216 ns (client-go 0.36, strings), 1981 ns (controller-runtime 0.24); add 992, "
        "495, 1342 ns; get and done 309, 274, 1343 ns");
    auto const million = how.count(1'000'000, 20'000);
    run_micros({cycle<std::string>(), cycle<converge::object_key>(), cycle<std::uint32_t>(),
                fair_cycle(), all<std::string>(million, true),
                all<converge::object_key>(million, true), all<std::uint32_t>(million, true),
                all<std::string>(million, false), all<converge::object_key>(million, false),
                all<std::uint32_t>(million, false), small_queue()},
               how, into);
}

} // namespace bench
