// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"

#include "bed.hpp"

#include "measure/gadget.hpp"
#include "measure/sample.hpp"

#include <converge/async/race.hpp>
#include <converge/async/sleep.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;

/// Commits gadgets at an even pace, and knows when each went off: its number is the gadget's size.
class paced_writer {
public:
    paced_writer(converge::memory_store& store, std::size_t events, steady::duration pace)
        : store_{store},
          pace_{pace},
          sent_(events),
          took_(events)
    {}

    /// From this thread, which spins in between.
    void run()
    {
        auto due = steady::now();
        for (std::size_t number = 0; number != sent_.size(); ++number) {
            due += pace_;
            while (steady::now() < due) {
            }
            commit(number);
        }
    }

    /// From a coroutine, which lets all others run in between.
    converge::task<> run_beside()
    {
        auto due = steady::now();
        for (std::size_t number = 0; number != sent_.size(); ++number) {
            due += pace_;
            while (steady::now() < due)
                co_await converge::yield();
            commit(number);
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
    void commit(std::size_t number)
    {
        sent_[number] = steady::now();
        store_.commit(put_one(keys_[number % keys_.size()], static_cast<int>(number)));
    }

    converge::memory_store& store_;
    steady::duration pace_;
    std::vector<std::string> keys_ = make_keys(1'000);
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

converge::task<> write_all_beside(paced_writer& writer, converge::wake& last)
{
    co_await writer.run_beside();
    co_await last.wait();
}

/// What the system needs at least to have a thread that waits run something for another one.
[[nodiscard]] double post_latency(std::size_t per_second, std::size_t posts)
{
    boost::asio::io_context context{1};
    auto const work = boost::asio::make_work_guard(context);
    std::thread waiting{[&context] { context.run(); }};
    auto const pace =
        std::chrono::duration_cast<steady::duration>(1s) / static_cast<steady::rep>(per_second);
    std::vector<double> took(posts);
    auto due = steady::now();
    for (std::size_t number = 0; number != posts; ++number) {
        due += pace;
        while (steady::now() < due) {
        }
        auto const sent = steady::now();
        boost::asio::post(
            context, [&took, number, sent] { took[number] = microseconds(steady::now() - sent); });
    }
    boost::asio::post(context, [&context] { context.stop(); });
    waiting.join();
    return percentile(took, 0.5);
}

/// Where the events come from.
enum class from { another_thread, the_same_thread };

void measure_pace(std::string const& name, std::size_t per_second, unsigned workers, from where,
                  settings const& how, report& into)
{
    std::vector<double> posts;
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
        auto writing = where == from::another_thread ? write_all(writer, last)
                                                     : write_all_beside(writer, last);
        if (converge::block_on(
                converge::until(std::move(writing), converge::run(api, by.workers(workers)))) != 0)
            throw std::runtime_error{"the control plane failed"};
        auto const found = writer.latencies();
        p50.push_back(percentile(found, 0.5));
        p99.push_back(percentile(found, 0.99));
        posts.push_back(post_latency(per_second, per_second / how.count(2, 10)));
    }
    auto& middle = into.add(name + ".p50", median(p50), "us").sampled(p50);
    if (where == from::another_thread)
        middle.beside("boost::asio::post to a thread that waits", median(posts));
    if (per_second == 10'000 && workers == 1)
        middle.at_most(10);
    into.add(name + ".p99", median(p99), "us").sampled(p99);
}

} // namespace

void measure_latency(settings const& how, report& into)
{
    into.condition("latency",
                   "from before a commit, at an even pace, to the begin of the reconcile that it "
                   "causes; a writer on another thread spins in between, so that the thread of the "
                   "control plane sleeps and must be woken; one on the same thread is a coroutine");
    measure_pace("latency.1000_per_s", 1'000, 1, from::another_thread, how, into);
    measure_pace("latency.10000_per_s", 10'000, 1, from::another_thread, how, into);
    measure_pace("latency.10000_per_s.4_workers", 10'000, 4, from::another_thread, how, into);
    measure_pace("latency.10000_per_s.one_thread", 10'000, 1, from::the_same_thread, how, into);
}

} // namespace bench
