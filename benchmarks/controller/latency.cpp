// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"

#include "bed.hpp"

#include "measure/gadget.hpp"
#include "measure/sample.hpp"

#include <converge/async/race.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;

/// Commits gadgets at an even pace from a thread of its own, and knows when each went off: its number
/// is the gadget's size.
class paced_writer {
public:
    paced_writer(converge::memory_store& store, std::size_t events, steady::duration pace)
        : store_{store},
          pace_{pace},
          sent_(events),
          took_(events)
    {}

    void run()
    {
        auto const keys = make_keys(1'000);
        auto due = steady::now();
        for (std::size_t number = 0; number != sent_.size(); ++number) {
            due += pace_;
            while (steady::now() < due) {
            }
            sent_[number] = steady::now();
            store_.commit(put_one(keys[number % keys.size()], static_cast<int>(number)));
        }
    }

    /// A reconcile of the gadget begins. @returns whether it was the last.
    bool reconciled(int number)
    {
        if (number < 0)
            return false;
        auto const at = static_cast<std::size_t>(number);
        took_[at] = microseconds(steady::now() - sent_[at]);
        return at + 1 == sent_.size();
    }

    /// In microseconds; without those that a later event of the same object overtook, and the first
    /// tenth.
    [[nodiscard]] std::vector<double> latencies() const
    {
        std::vector<double> found;
        for (auto at = took_.size() / 10; at != took_.size(); ++at)
            if (took_[at] > 0)
                found.push_back(took_[at]);
        return found;
    }

private:
    converge::memory_store& store_;
    steady::duration pace_;
    std::vector<steady::time_point> sent_;
    std::vector<double> took_;
};

converge::task<converge::outcome> note(paced_writer& writer, converge::wake& last,
                                       converge::object_ptr<gadget> of)
{
    if (writer.reconciled(of->spec.size))
        last.notify_all();
    co_return converge::settled();
}

converge::task<> write_all(paced_writer& writer, converge::wake& last)
{
    std::thread thread{[&writer] { writer.run(); }};
    co_await last.wait();
    thread.join();
}

void measure_pace(std::string const& name, std::size_t per_second, unsigned workers,
                  settings const& how, double budget, report& into)
{
    std::vector<double> p50;
    std::vector<double> p99;
    for (std::size_t slice = 0; slice != how.count(5, 1); ++slice) {
        converge::memory_store store;
        // They are there before: a first sight is another path than a change.
        for (auto const& key : make_keys(1'000))
            store.commit(put_one(key, -1));
        paced_writer writer{store, per_second * how.count(2, 1) / how.count(1, 10),
                            std::chrono::duration_cast<steady::duration>(1s) /
                                static_cast<steady::rep>(per_second)};
        converge::wake last;
        converge::controller<gadget> const by{
            [&](converge::client, converge::object_ptr<gadget> of) {
                return note(writer, last, std::move(of));
            }};
        converge::client const api{store};
        if (converge::block_on(converge::until(write_all(writer, last),
                                               converge::run(api, by.workers(workers)))) != 0)
            throw std::runtime_error{"the control plane failed"};
        auto const found = writer.latencies();
        p50.push_back(percentile(found, 0.5));
        p99.push_back(percentile(found, 0.99));
    }
    auto& middle = into.add(name + ".p50", median(p50), "us").sampled(p50);
    if (budget > 0)
        middle.at_most(budget);
    into.add(name + ".p99", median(p99), "us").sampled(p99);
}

} // namespace

void measure_latency(settings const& how, report& into)
{
    into.condition("latency",
                   "from before a commit on another thread, at an even pace, to the begin of the "
                   "reconcile that it causes; the writer spins in between");
    measure_pace("latency.1000_per_s", 1'000, 1, how, 0, into);
    measure_pace("latency.10000_per_s", 10'000, 1, how, 10, into);
    measure_pace("latency.10000_per_s.4_workers", 10'000, 4, how, 0, into);
}

} // namespace bench
