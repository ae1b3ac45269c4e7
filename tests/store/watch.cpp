// SPDX-License-Identifier: BSL-1.0
#include <converge/store/watch.hpp>

#include "store_under_test.hpp"

#include <algorithm>
#include <map>

using namespace converge;
using namespace store_test;

namespace {

std::vector<std::uint64_t> revisions(std::vector<store_event> const& events)
{
    std::vector<std::uint64_t> found;
    for (auto const& event : events)
        found.push_back(event.at.value());
    return found;
}

using counts = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("a watch delivers every change after its revision, in order, once")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        user.put("a/x", 1);
        user.put("a/y", 2);
        user.put("a/x", 3);
        user.erase("a/y");
        auto const stream = user.watch("a/", revision{1});
        user.put("a/z", 5);
        CHECK(revisions(user.drain(*stream)) == counts{2, 3, 4, 5});
        CHECK(user.drain(*stream).empty());
        user.put("a/z", 6);
        CHECK(revisions(user.drain(*stream)) == counts{6});
        CHECK(stream->through() == revision{6});
    });
}

TEST_CASE("an event carries what the key holds now and what it held before")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto const stream = user.watch("a/", revision{});
        user.put("a/x", 1);
        user.put("a/x", 2);
        user.erase("a/x");
        user.put("a/x", 4);
        auto const events = user.drain(*stream);
        REQUIRE(events.size() == 4);
        CHECK(events[0].key == "a/x");
        CHECK_FALSE(events[0].previous);
        CHECK(size_of(events[0].current) == 1);
        CHECK(size_of(events[1].previous) == 1);
        CHECK(size_of(events[1].current) == 2);
        CHECK(size_of(events[2].previous) == 2);
        CHECK_FALSE(events[2].current);
        CHECK_FALSE(events[3].previous);
        CHECK(size_of(events[3].current) == 4);
    });
}

TEST_CASE("a watch of one key or of a prefix delivers nothing else")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto const one = user.watch("a/x", revision{});
        auto const under = user.watch("a/", revision{});
        auto const all = user.watch("", revision{});
        auto const none = user.watch("a", revision{});
        user.put("a/x", 1);
        user.put("a/x-2", 2);
        user.put("a/x/y", 3);
        user.put("b/x", 4);
        user.put("ab", 5);
        CHECK(revisions(user.drain(*one)) == counts{1});
        CHECK(revisions(user.drain(*under)) == counts{1, 2, 3});
        CHECK(revisions(user.drain(*all)) == counts{1, 2, 3, 4, 5});
        CHECK(user.drain(*none).empty());
    });
}

TEST_CASE("a commit wakes the watches that wait for its keys, and no others")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        session writer{opened.store()};
        std::vector<std::string> const prefixes{"", "a/", "a/b/", "a/b/x", "a/b", "a/b/x/", "b/"};
        std::vector<std::unique_ptr<watch_stream>> streams;
        std::vector<std::shared_ptr<pending_next>> waits;
        for (auto const& prefix : prefixes) {
            streams.push_back(user.watch(prefix, revision{}));
            waits.push_back(user.start(*streams.back()));
        }
        writer.put("a/b/x", 1);
        user.poll();
        for (std::size_t i = 0; i < prefixes.size(); ++i) {
            CAPTURE(prefixes[i]);
            CHECK(waits[i]->done == (i < 4));
        }
        writer.put("b/y", 2);
        user.poll();
        CHECK_FALSE(waits[4]->done);
        CHECK_FALSE(waits[5]->done);
        REQUIRE(waits[6]->done);
        CHECK(revisions(waits[6]->batch->events) == counts{2});
        for (auto const& wait : waits)
            user.cancel(*wait);
    });
}

TEST_CASE("a revision is never split over two batches, whatever the batch limit")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        user.put("a/0", 0);
        for (int round = 0; round < 4; ++round) {
            transaction write;
            for (int i = 0; i < 10; ++i)
                write.put("a/" + std::to_string(i), make_gadget(round));
            user.commit(std::move(write));
        }
        for (std::size_t const limit : {0u, 1u, 3u, 10u, 11u, 12u, 1000u}) {
            CAPTURE(limit);
            auto const stream = user.watch("a/", revision{}, limit);
            std::size_t total = 0;
            revision before{};
            while (auto const batch = user.ready(*stream)) {
                REQUIRE_FALSE(batch->events.empty());
                CHECK(batch->events.front().at > before);
                CHECK(batch->through == batch->events.back().at);
                for (auto const& event : batch->events)
                    CHECK(event.at <= batch->through);
                before = batch->through;
                total += batch->events.size();
                auto const of_last = std::ranges::count(batch->events, before, &store_event::at);
                CHECK(of_last == (before == revision{1} ? 1 : 10));
                CHECK(batch->events.size() < limit + 11);
            }
            CHECK(total == 41);
        }
    });
}

TEST_CASE("a watch resumes from any place that another one reached")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        for (int i = 0; i < 30; ++i)
            user.put((i % 3 == 0 ? "b/" : "a/") + std::to_string(i % 5), i);
        auto const first = user.watch("a/", revision{}, 4);
        auto const all = user.drain(*user.watch("a/", revision{}));
        std::size_t delivered = 0;
        while (auto const batch = user.ready(*first)) {
            delivered += batch->events.size();
            CHECK(first->through() == batch->through);
            auto const rest = user.drain(*user.watch("a/", batch->through));
            CHECK(delivered + rest.size() == all.size());
            if (!rest.empty())
                CHECK(rest.front().at == all[delivered].at);
        }
        CHECK(delivered == all.size());
    });
}

TEST_CASE("a watch from the newest revision misses nothing that is committed later")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        user.put("a/x", 1);
        auto const stream = user.watch("a/", user.newest());
        user.put("a/x", 2);
        CHECK(revisions(user.drain(*stream)) == counts{2});
    });
}

TEST_CASE("a watch from a future revision delivers nothing earlier")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto const stream = user.watch("a/", revision{3});
        auto const waiting = user.start(*stream);
        for (int i = 1; i <= 3; ++i) {
            user.put("a/x", i);
            user.poll();
            CHECK_FALSE(waiting->done);
            CHECK(stream->through() == revision{3});
        }
        user.put("a/x", 4);
        user.poll();
        REQUIRE(waiting->done);
        CHECK(revisions(waiting->batch->events) == counts{4});
    });
}

TEST_CASE("the place of a watch advances past what does not match")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto const stream = user.watch("quiet/", revision{});
        user.put("a/x", 1);
        user.put("a/x", 2);
        CHECK(stream->through() == revision{});
        CHECK_FALSE(user.ready(*stream).has_value());
        CHECK(stream->through() == revision{2});
        auto const waiting = user.start(*stream);
        user.put("a/x", 3);
        user.poll();
        CHECK_FALSE(waiting->done);
        CHECK(stream->through() == revision{3});
        user.cancel(*waiting);
        CHECK(stream->through() == revision{3});
    });
}

TEST_CASE("a watch that fell out of the history window is gone for ever")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto const stream = user.watch("a/", revision{});
        user.put("a/x", 1);
        CHECK(user.drain(*stream).size() == 1);
        user.put("a/x", 2);
        user.put("a/x", 3);
        opened.compact(revision{3});
        for (int i = 0; i < 3; ++i) {
            CHECK(fails_with(errc::gone, [&] { user.drain(*stream); }));
            user.put("a/x", 4);
            CHECK(stream->through() == revision{1});
        }
    });
}

TEST_CASE("the change at the compacted revision is delivered, also if it erased the key")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        user.put("a/x", 1);
        user.put("a/y", 2);
        user.erase("a/x");
        opened.compact(revision{3});
        auto const stream = user.watch("a/", revision{2});
        auto const events = user.drain(*stream);
        REQUIRE(events.size() == 1);
        CHECK_FALSE(events[0].current);
        CHECK(size_of(events[0].previous) == 1);
        CHECK(fails_with(errc::gone, [&] { user.drain(*user.watch("a/", revision{1})); }));
    });
}

TEST_CASE("a watch that waits stays in the window while nothing matches; one that does not wait "
          "falls out")
{
    constexpr std::size_t history = 16;
    for_every_store(
        [](store_under_test& opened) {
            session user{opened.store()};
            auto const waits = user.watch("quiet/", revision{});
            auto const stalls = user.watch("quiet/", revision{});
            auto const waiting = user.start(*waits);
            for (int i = 0; i < 100; ++i)
                user.put("a/x", i);
            auto const at = user.put("quiet/x", 1);
            user.poll();
            REQUIRE(waiting->done);
            REQUIRE(waiting->batch.has_value());
            CHECK(waiting->batch->events.size() == 1);
            CHECK(waiting->batch->through == at);
            CHECK(fails_with(errc::gone, [&] { user.drain(*stalls); }));
        },
        history);
}

TEST_CASE("the events after a list, applied to it, make the list at their last revision")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        for (int i = 0; i < 60; ++i) {
            auto const key = "a/" + std::to_string(i * 7 % 11);
            i % 4 == 3 ? user.erase(key) : user.put(key, i);
        }
        for (std::uint64_t from = 1; from < user.newest().value(); from += 5) {
            std::map<std::string, int> folded;
            auto const base = user.list("a/", revision{from});
            list_query one{"a/"};
            one.at = base.at;
            one.limit = 1;
            for (auto const& entry : base.entries) {
                folded[user.list(one).last_key] = size_of(entry.value);
                one.after = user.list(one).last_key;
            }
            for (auto const& event : user.drain(*user.watch("a/", base.at))) {
                CHECK(folded.contains(event.key) == static_cast<bool>(event.previous));
                if (event.current)
                    folded[event.key] = size_of(event.current);
                else
                    folded.erase(event.key);
                std::vector<int> expected;
                for (auto const& [key, size] : folded)
                    expected.push_back(size);
                std::vector<int> actual;
                for (auto const& entry : user.list("a/", event.at).entries)
                    actual.push_back(size_of(entry.value));
                CHECK(actual == expected);
            }
        }
    });
}

TEST_CASE("cancelling next consumes nothing")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        session writer{opened.store()};
        auto const stream = user.watch("a/", revision{});
        auto const waiting = user.start(*stream);
        REQUIRE_FALSE(waiting->done);
        user.cancel(*waiting);
        CHECK(aborted(*waiting));
        writer.put("a/x", 1);
        CHECK(revisions(user.drain(*stream)) == counts{1});

        // The notification and the cancellation race: whichever wins, nothing is lost.
        auto const raced = user.start(*stream);
        writer.put("a/x", 2);
        raced->cancel.emit(boost::asio::cancellation_type::terminal);
        user.poll();
        REQUIRE(raced->done);
        auto seen = raced->batch ? raced->batch->events.size() : 0;
        seen += user.drain(*stream).size();
        CHECK(seen == 1);
    });
}

TEST_CASE("a task of next that is never started changes nothing")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto const stream = user.watch("a/", revision{});
        user.put("a/x", 1);
        {
            auto const dropped = stream->next();
        }
        CHECK(revisions(user.drain(*stream)) == counts{1});
    });
}

TEST_CASE("destroying a stream ends the next that waits in it")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto stream = user.watch("a/", revision{});
        auto const waiting = user.start(*stream);
        stream.reset();
        user.poll();
        CHECK(aborted(*waiting));
        user.put("a/x", 1);
    });
}

TEST_CASE("a context that ends with a next that waits leaves the store usable")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto const stream = user.watch("a/", revision{});
        {
            session short_lived{opened.store()};
            auto const waiting = short_lived.start(*stream);
            REQUIRE_FALSE(waiting->done);
        }
        user.put("a/x", 1);
        CHECK(revisions(user.drain(*stream)) == counts{1});
    });
}
