// SPDX-License-Identifier: BSL-1.0
#include "fed_informer.hpp"
#include "parts.hpp"

#include <converge/api/api.hpp>
#include <converge/store/memory_store.hpp>
#include <converge/store/store_key.hpp>

#include <stdexcept>
#include <unordered_map>

namespace bench {

namespace {

template <class Run>
double median_ms(Run run)
{
    std::vector<double> all;
    for (int i = 0; i != rounds; ++i)
        all.push_back(run() * 1e3);
    return median(all);
}

/// The least that somebody could do: a map, and one of namespaces.
double plain_ms(std::vector<any_object> const& items)
{
    return median_ms([&] {
        auto const begin = processor_seconds();
        std::unordered_map<converge::object_key, any_object> by_key;
        std::unordered_map<std::string, std::vector<any_object>> by_space;
        for (auto const& each : items) {
            by_key.emplace(each.key(), each);
            by_space[each.metadata().namespace_].push_back(each);
        }
        return processor_seconds() - begin;
    });
}

template <class R>
double sync_ms(std::function<converge::response()> const& list, int handlers, std::size_t count)
{
    return median_ms([&] {
        fed_informer<R> fed{list, handlers};
        auto const begin = processor_seconds();
        fed.poll();
        auto const span = processor_seconds() - begin;
        if (fed.heard != count * static_cast<std::size_t>(handlers))
            throw std::runtime_error{"the handlers did not hear of everything"};
        return span;
    });
}

template <class R>
void measure_sync_of(std::string const& kind, settings const& how, report& into)
{
    auto const count = how.count(100'000, 2'000);
    auto const items = objects<R>(count);
    auto const prebuilt = [&] { return converge::response{items, converge::revision{count}, {}}; };
    auto const plain = plain_ms(items);
    into.add("sync." + kind + ".1_handler", sync_ms<R>(prebuilt, 1, count), "ms")
        .beside("two unordered_maps", plain);
    into.add("sync." + kind + ".10_handlers", sync_ms<R>(prebuilt, 10, count), "ms")
        .beside("two unordered_maps", plain);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i != count; ++i)
        texts.push_back(text_of<R>(i));
    auto const from_text = [&] {
        std::vector<any_object> made;
        made.reserve(count);
        for (auto const& each : texts)
            made.push_back(decoded<R>(each));
        return converge::response{std::move(made), converge::revision{count}, {}};
    };
    into.add("sync." + kind + ".from_json", sync_ms<R>(from_text, 1, count), "ms");
}

/// From a store in this process, through the api.
void measure_store(settings const& how, report& into)
{
    auto const count = how.count(100'000, 2'000);
    auto const store = std::make_shared<converge::memory_store>();
    for (auto const& each : objects<cluster::config_map>(count)) {
        converge::transaction write;
        write.put(converge::store_key(each.type(), each.key()), converge::draft_object{each});
        store->commit(std::move(write));
    }
    auto const server = std::make_shared<converge::api>(store);
    auto const ms = median_ms([&] {
        converge::informer subject{server, converge::type_of<cluster::config_map>()};
        std::size_t heard = 0;
        auto const hears = subject.subscribe([&](converge::object_change const&) { ++heard; });
        boost::asio::io_context context;
        boost::asio::co_spawn(context, subject.run(), boost::asio::detached);
        auto const begin = processor_seconds();
        context.poll();
        auto const span = processor_seconds() - begin;
        if (heard != count)
            throw std::runtime_error{"the handler did not hear of everything"};
        return span;
    });
    into.add("sync.config_map.from_memory_store", ms, "ms").at_most(60);
}

} // namespace

void measure_sync(settings const& how, report& into)
{
    into.condition("sync", "processor time of the one thread, from the list to the last handler; "
                           "handlers are called synchronously, and count; store, order by "
                           "namespace and name, index by owner");
    measure_sync_of<cluster::config_map>("config_map", how, into);
    measure_sync_of<cluster::pod>("pod", how, into);
    measure_store(how, into);
}

} // namespace bench
