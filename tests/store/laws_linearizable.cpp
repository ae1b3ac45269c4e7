// SPDX-License-Identifier: BSL-1.0
#include <converge/store/any_store.hpp>

#include "history_checker.hpp"

#include <memory>
#include <thread>
#include <vector>

using namespace converge;
using namespace store_test;

namespace {

/// `clients` threads do `steps` steps each; then one of them looks at all.
history record(any_store const& store, unsigned clients, int steps, unsigned seed)
{
    std::atomic<std::uint64_t> clock = 0;
    std::vector<std::unique_ptr<random_client>> all;
    for (unsigned i = 1; i <= clients; ++i)
        all.push_back(std::make_unique<random_client>(store, clock, seed * 16 + i));
    std::vector<std::thread> threads;
    for (auto const& client : all)
        threads.emplace_back([&client, steps] {
            for (int i = 0; i < steps; ++i)
                client->step();
        });
    for (auto& thread : threads)
        thread.join();
    all[0]->list("");
    history noted;
    for (auto const& client : all)
        join(noted, *client);
    return noted;
}

/// How many of the calls were under way while another one was.
std::size_t overlapping(history const& all)
{
    std::size_t found = 0;
    for (auto const& each : all)
        found += each.returned - each.called > 1 ? 1 : 0;
    return found;
}

} // namespace

TEST_CASE("linearizable: commits, gets and lists of concurrent clients take effect one by one, in "
          "the order of revisions, between their call and their return")
{
    for_every_store([](store_under_test& opened) {
        auto const all = record(opened.store(), 4, static_cast<int>(race_rounds(1500)), 1);
        auto const found = check(all);
        CHECK(found.law == broken::nothing);
        CHECK(found.where == 0);
        // Or the test has tested nothing.
        CHECK(overlapping(all) > 0);
    });
}

TEST_CASE("linearizable: many short histories, from the first commit on")
{
    for (unsigned seed = 1; seed <= 40; ++seed)
        for_every_store([seed](store_under_test& opened) {
            CAPTURE(seed);
            CHECK(check(record(opened.store(), 3, 12, seed)).law == broken::nothing);
        });
}
