// SPDX-License-Identifier: BSL-1.0
#include "fed_informer.hpp"
#include "parts.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>

namespace bench {

namespace {

constexpr std::size_t batch = 512;

/// An informer that has synced, and a storm for it.
template <class R>
struct stormy {
    stormy(std::vector<any_object> const& items, int handlers, std::size_t batch_size,
           bool keeps = true)
        : fed{[&items] { return converge::response{items, converge::revision{items.size()}, {}}; },
              handlers},
          weather{items, batch_size, keeps}
    {
        fed.from->next = [this](converge::watch_batch& into) { return weather.next(into); };
        fed.poll();
    }

    /// Seconds of processor and of wall for each event.
    std::pair<double, double> run(std::size_t events)
    {
        weather.prepare(events);
        auto const heard = fed.heard;
        auto const wall = steady::now();
        auto const begin = processor_seconds();
        fed.from->more.notify_one();
        fed.poll();
        auto const each = static_cast<double>(events);
        auto const found =
            std::pair{(processor_seconds() - begin) / each, seconds_since(wall) / each};
        if (fed.heard - heard != events * fed.hears.size())
            throw std::runtime_error{"the handlers did not hear of everything"};
        return found;
    }

    fed_informer<R> fed;
    storm<R> weather;
};

template <class R>
void measure_storm(std::string const& name, std::vector<any_object> const& items, int handlers,
                   std::size_t batch_size, settings const& how, report& into, double at_least,
                   bool keeps = true)
{
    stormy<R> in{items, handlers, batch_size, keeps};
    std::vector<double> rates;
    for (int i = 0; i != rounds; ++i)
        rates.push_back(1 / in.run(how.count(200'000, 5'000)).first);
    auto& added = into.add("updates." + name, median(rates), "events/s").sampled(rates);
    if (at_least != 0)
        added.at_least(at_least);
}

} // namespace

void measure_updates(settings const& how, report& into)
{
    into.condition("updates",
                   "processor time of the one thread for each MODIFIED event of 100,000 "
                   "objects, made beforehand; batches of 512, as a store's watch gives "
                   "under load, and of one; handlers are called synchronously, and count; "
                   "what is replaced is freed later, but where it says freed");
    auto const maps = objects<cluster::config_map>(how.count(100'000, 2'000));
    using map = cluster::config_map;
    measure_storm<map>("config_map.1_handler", maps, 1, batch, how, into, 2e6);
    measure_storm<map>("config_map.10_handlers", maps, 10, batch, how, into, 0);
    measure_storm<map>("config_map.1_handler.batches_of_1", maps, 1, 1, how, into, 0);
    measure_storm<map>("config_map.1_handler.freed", maps, 1, batch, how, into, 0, false);
    auto const pods = objects<cluster::pod>(how.count(100'000, 2'000));
    measure_storm<cluster::pod>("pod.1_handler", pods, 1, batch, how, into, 0);
    measure_storm<cluster::pod>("pod.10_handlers", pods, 10, batch, how, into, 0);
}

void measure_readers(settings const& how, report& into)
{
    into.condition("readers",
                   "one informer takes MODIFIED events of 100,000 objects while readers "
                   "on other threads list all of them, again and again, and look at each");
    using map = cluster::config_map;
    auto const items = objects<map>(how.count(100'000, 2'000));
    std::pair<double, double> alone;
    for (int const readers : {0, 1, 2, 8}) {
        stormy<map> in{items, 1, batch};
        converge::view<map> const shown{in.fed.subject};
        std::atomic<bool> done{false};
        std::atomic<std::size_t> lists{0};
        std::vector<std::thread> crew;
        for (int i = 0; i != readers; ++i)
            crew.emplace_back([&, shown] {
                while (!done) {
                    std::uint64_t sum = 0;
                    for (auto const& each : shown.snapshot())
                        sum += each.metadata.resource_version.value();
                    lists += sum != 0;
                }
            });
        std::vector<double> processor;
        std::vector<double> wall;
        for (int i = 0; i != rounds; ++i) {
            auto const [busy, span] = in.run(how.count(200'000, 5'000));
            processor.push_back(busy * 1e9);
            wall.push_back(span * 1e9);
        }
        done = true;
        for (auto& each : crew)
            each.join();
        auto const found = std::pair{median(processor), median(wall)};
        if (readers == 0)
            alone = found;
        auto const name = "readers." + std::to_string(readers);
        auto& busy = into.add(name + ".writer_processor", found.first, "ns/event")
                         .beside("no readers", alone.first);
        if (readers == 8)
            busy.ratio_at_most(2);
        into.add(name + ".writer_wall", found.second, "ns/event")
            .beside("no readers", alone.second);
        into.add(name + ".lists", static_cast<double>(lists), "lists");
    }
}

} // namespace bench
