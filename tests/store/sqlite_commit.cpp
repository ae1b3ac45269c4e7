// SPDX-License-Identifier: BSL-1.0
#include <converge/store/sqlite_store.hpp>

#include "gate.hpp"
#include "reopened_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace converge;
using namespace store_test;
using namespace std::chrono_literals;

TEST_CASE("commits beyond those that may wait are refused, and those that wait are written")
{
    gate disk;
    reopened it;
    it.options.waiting_max = 3;
    it.options.on_step = [&](storage_step what) {
        if (what == storage_step::before_commit)
            disk.pass();
    };
    it.reopen();
    disk.close();
    boost::asio::io_context context{1};
    int written = 0;
    int refused = 0;
    std::vector<std::unique_ptr<std::optional<commit_outcome>>> outcomes;
    auto const start = [&](int i) {
        auto& outcome = *outcomes.emplace_back(std::make_unique<std::optional<commit_outcome>>());
        auto body = keep(it.store->commit(put("a/" + std::to_string(i), i)), outcome);
        boost::asio::co_spawn(context, std::move(body), [&](std::exception_ptr failed) {
            refused +=
                failed && fails_with(errc::unavailable, [&] { std::rethrow_exception(failed); });
            written += failed ? 0 : 1;
        });
        context.poll();
        context.restart();
    };
    start(0);
    disk.wait_for_arrival();
    for (int i = 1; i < 6; ++i)
        start(i);
    CHECK(refused == 3);
    CHECK(it.store->health().waiting == 3);
    CHECK(it.store->newest() == revision{});
    disk.open();
    context.run();
    CHECK(written == 3);
    CHECK(it.store->newest() == revision{3});
    CHECK(it.user->put("a/x", 1) == revision{4});
    CHECK(it.store->health().waiting == 0);
}

TEST_CASE("nothing can be seen before it is durable, and all of it when it is acknowledged")
{
    gate disk;
    reopened it;
    it.user->put("a/x", 1);
    it.options.on_step = [&](storage_step what) {
        if (what == storage_step::after_commit)
            disk.pass();
    };
    it.reopen();
    auto const stream = it.user->watch("", revision{1});
    disk.close();
    boost::asio::io_context context{1};
    std::optional<commit_outcome> outcome;
    auto body = keep(it.store->commit(put("a/x", 2)), outcome);
    boost::asio::co_spawn(context, std::move(body), [](std::exception_ptr) {});
    context.poll();
    disk.wait_for_arrival();
    CHECK(size_of(it.store->get("a/x")->value) == 1);
    CHECK(it.store->newest() == revision{1});
    CHECK_FALSE(it.user->ready(*stream).has_value());
    CHECK_FALSE(outcome.has_value());
    disk.open();
    context.restart();
    context.run();
    CHECK(size_of(it.store->get("a/x")->value) == 2);
    CHECK(it.user->drain(*stream).size() == 1);
}

TEST_CASE("closing a store writes what waits")
{
    reopened it;
    boost::asio::io_context context{1};
    for (int i = 0; i < 50; ++i)
        boost::asio::co_spawn(context, it.store->commit(put("a/" + std::to_string(i), i)),
                              [](std::exception_ptr, commit_outcome const&) {});
    context.poll();
    it.reopen();
    CHECK(it.store->stats().keys == 50);
    context.restart();
    context.run();
}

TEST_CASE("what waits for the disk is written in groups of bounded size")
{
    // Two of these are more changes than one group takes.
    constexpr int keys = 2'100;
    gate disk;
    reopened it;
    it.options.on_step = [&](storage_step what) {
        if (what == storage_step::before_write)
            disk.pass();
    };
    it.reopen();
    disk.close();
    boost::asio::io_context context{1};
    std::array<std::optional<commit_outcome>, 3> outcomes;
    auto const begin = [&](transaction wanted, std::optional<commit_outcome>& into) {
        boost::asio::co_spawn(context, keep(it.store->commit(std::move(wanted)), into),
                              [](std::exception_ptr) {});
        context.poll();
    };
    std::optional<commit_outcome> first;
    begin(put("a/x", 1), first);
    disk.wait_for_arrival();
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        transaction all;
        for (int key = 0; key < keys; ++key)
            all.put("a/" + std::to_string(key), make_gadget(key));
        begin(std::move(all), outcomes[i]);
    }
    CHECK(it.store->health().waiting == 4);
    disk.open();
    context.restart();
    context.run();
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        REQUIRE(outcomes[i]);
        CHECK(outcomes[i]->at == revision{i + 2});
    }
    CHECK(it.store->health().groups == 3);
    CHECK(it.store->health().waiting == 0);
}

TEST_CASE("a transaction of more operations than a revision can number is refused")
{
    reopened it;
    transaction all;
    constexpr std::size_t possible = std::size_t{1} << 20;
    all.then.reserve(possible + 1);
    for (std::size_t i = 0; i <= possible; ++i)
        all.erase("a");
    CHECK(fails_with(errc::too_large, [&] { it.user->commit(std::move(all)); }));
    CHECK(it.user->put("a/x", 1) == revision{1});
}
