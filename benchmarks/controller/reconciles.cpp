// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"

#include "bed.hpp"
#include "drained.hpp"

#include <converge/async/race.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <boost/describe/class.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bench {

namespace {

/// Has a status, for the reconciler that writes one.
struct widget {
    static constexpr converge::kind_name kind{"bench.converge.dev/v1", "Widget"};
    struct spec {
        int size = 0;
    };
    struct status {
        int size = 0;
    };
};
BOOST_DESCRIBE_STRUCT(widget::spec, (), (size))
BOOST_DESCRIBE_STRUCT(widget::status, (), (size))

[[nodiscard]] converge::object<widget> make_widget(std::size_t number)
{
    auto const id = config_map_key(number);
    converge::object<widget> made;
    made.metadata.namespace_ = id.namespace_;
    made.metadata.name = id.name;
    made.spec.size = 1;
    return made;
}

converge::task<converge::outcome> write_status(drained& all, converge::client api,
                                               converge::object<widget> of)
{
    if (of.status.size != of.spec.size) {
        of.status.size = of.spec.size;
        co_await api.update_status(std::move(of));
        all.ran();
    }
    co_return converge::settled();
}

using shared_map = converge::object_ptr<config_map>;
using own_map = converge::object<config_map>;

/// How the objects of one store are run once by one controller.
template <class R>
[[nodiscard]] drained const& drain(drained& all, converge::memory_store& store,
                                   converge::controller<R> const& by)
{
    converge::client const api{store};
    if (converge::block_on(converge::until(all.wait(), converge::run(api, by))) != 0)
        throw std::runtime_error{"the control plane failed"};
    return all;
}

struct subject {
    std::string name;
    std::size_t objects;
    double least;
    std::function<double(std::size_t)> seconds;
};

void sample(subject const& of, settings const& how, report& into)
{
    std::vector<double> rates;
    auto const objects = how.count(of.objects, of.objects / 50);
    for (std::size_t slice = 0; slice != how.count(7, 2); ++slice)
        rates.push_back(static_cast<double>(objects) / of.seconds(objects));
    auto& found = into.add(of.name, median(rates), "/s").sampled(rates);
    if (of.least > 0)
        found.at_least(of.least);
}

} // namespace

void measure_reconciles(settings const& how, report& into)
{
    into.condition("reconciles",
                   "100 000 keys in the queue when the first begins; metrics on; processor "
                   "time of the one thread. shared: the reconciler gets the cached "
                   "object, as in client-go; copied: a copy, as in controller-runtime");
    converge::memory_store maps;
    fill(maps, how.count(100'000, 2'000), make_config_map);
    auto const shared = [&maps](unsigned workers) {
        return [&maps, workers](std::size_t objects) {
            drained all{objects};
            converge::controller<config_map> const by{
                [&all](converge::client, shared_map) { return do_nothing(all); }};
            return drain(all, maps, by.workers(workers)).processor_time();
        };
    };
    auto const copied = [&maps](std::size_t objects) {
        drained all{objects};
        converge::controller<config_map> const by{
            [&all](converge::client, own_map) { return do_nothing(all); }};
        return drain(all, maps, by).processor_time();
    };
    auto const written = [](std::size_t objects) {
        converge::memory_store widgets;
        fill(widgets, objects, make_widget);
        drained all{objects};
        converge::controller<widget> const by{
            [&all](converge::client api, converge::object<widget> of) {
                return write_status(all, std::move(api), std::move(of));
            }};
        return drain(all, widgets, by).processor_time();
    };
    sample({"reconciles.nothing.shared.1_worker", 100'000, 2e6, shared(1)}, how, into);
    sample({"reconciles.nothing.shared.4_workers", 100'000, 2e6, shared(4)}, how, into);
    sample({"reconciles.nothing.copied.1_worker", 100'000, 0, copied}, how, into);
    sample({"reconciles.status_written.1_worker", 20'000, 0, written}, how, into);
}

} // namespace bench
