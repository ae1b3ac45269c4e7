// SPDX-License-Identifier: BSL-1.0
#include "crash_checker.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace converge;
using namespace store_test;

namespace {

/// Three writes and the end of a lease, told and found as they should be.
struct story {
    crash_log log;
    recovered found;

    story()
    {
        for (auto const* const line :
             {"clock 0", "lease 1 5 0", "ask 1 a/x 16 0 else", "ack 1 1",
              "ask 2 a/x 32 0 a/y 33 1 a/z 0 0 else", "ack 2 2", "saw 2 a/y 33",
              "ask 3 a/x 0 0 else", "ack 3 3", "tick 5", "ask 4 a/w 64 0 else a/v 72 0", "new 4"})
            log.read(line);
        found.newest = revision{5};
        found.window[revision{1}] = {{{"a/x", 16, 0}, 0}};
        found.window[revision{2}] = {{{"a/x", 32, 0}, 16}, {{"a/y", 33, 0}, 0}};
        found.window[revision{3}] = {{{"a/x", 0, 0}, 32}};
        found.window[revision{4}] = {{{"a/y", 0, 0}, 33}};
        found.window[revision{5}] = {{{"a/v", 72, 0}, 0}};
        found.now["a/v"] = {72, revision{5}, revision{5}, 1, 0};
        found.past[revision{2}]["a/x"] = {32, revision{1}, revision{2}, 2, 0};
        found.past[revision{2}]["a/y"] = {33, revision{2}, revision{2}, 1, 1};
    }

    [[nodiscard]] std::vector<std::string> judged() const
    {
        return crash_checker{}.check(log, found);
    }
};

struct lie {
    char const* name;
    std::function<void(story&)> tell;
};

std::vector<lie> lies()
{
    return {
        {"an acknowledged write is lost", [](story& s) { s.log.read("ack 4 6"); }},
        {"what was seen is lost", [](story& s) { s.log.read("new 6"); }},
        {"the tail is lost",
         [](story& s) {
             s.found.newest = revision{2};
             s.found.window.erase(revision{3});
             s.found.window.erase(revision{4});
             s.found.window.erase(revision{5});
             s.found.now = s.found.past[revision{2}];
         }},
        {"a hole", [](story& s) { s.found.window.erase(revision{3}); }},
        {"a hole where there is no history",
         [](story& s) {
             s.found.compacted = revision{5};
             s.found.newest = revision{6};
             s.found.window[revision{6}] = s.found.window[revision{5}];
             s.found.window.erase(revision{5});
             s.log.acknowledged.erase(3);
             s.log.void_.insert(3);
             s.log.clock = instant{};
         }},
        {"half a transaction", [](story& s) { s.found.window[revision{2}].pop_back(); }},
        {"two branches",
         [](story& s) { s.found.window[revision{5}].push_back({{"a/w", 64, 0}, 0}); }},
        {"another value", [](story& s) { s.found.window[revision{1}][0].what.stamp = 64; }},
        {"a write that nobody asked for",
         [](story& s) { s.found.window[revision{5}][0].what.stamp = 999; }},
        {"a write that was refused", [](story& s) { s.log.read("void 4"); }},
        {"two writes at one revision", [](story& s) { s.log.read("ack 4 3"); }},
        {"an acknowledged write at another revision",
         [](story& s) {
             s.log.acknowledged[2] = revision{1};
             s.log.acknowledged[1] = revision{2};
         }},
        {"the branch that was not taken", [](story& s) { s.log.read("ack 4 5"); }},
        {"a write done twice",
         [](story& s) {
             s.found.newest = revision{6};
             s.found.window[revision{6}] = {{{"a/v", 72, 0}, 72}};
             s.found.now["a/v"] = {72, revision{5}, revision{6}, 2, 0};
         }},
        {"a read that nobody wrote", [](story& s) { s.log.read("saw 1 a/x 32"); }},
        {"a wrong previous object", [](story& s) { s.found.window[revision{3}][0].before = 16; }},
        {"a wrong version", [](story& s) { s.found.now["a/v"].version = 2; }},
        {"a wrong creation", [](story& s) { s.found.now["a/v"].created = revision{4}; }},
        {"a wrong lease", [](story& s) { s.found.now["a/v"].lease = 1; }},
        {"a key too few", [](story& s) { s.found.now.clear(); }},
        {"a key too many", [](story& s) { s.found.now["a/x"] = {}; }},
        {"another past", [](story& s) { s.found.past[revision{2}].erase("a/y"); }},
        {"a lease that ended early", [](story& s) { s.log.clock = instant{} + duration{4}; }},
        {"a lease that lives on", [](story& s) { s.found.leases.insert(1); }},
        {"a lease that is lost", [](story& s) { s.log.read("lease 2 6 0"); }},
        {"a damaged object", [](story& s) { s.found.complaints.push_back("damaged"); }},
    };
}

} // namespace

TEST_CASE("the checker of crashes is content with what was told and found")
{
    CHECK(story{}.judged() == std::vector<std::string>{});
}

TEST_CASE("the checker of crashes sees every kind of loss and lie")
{
    for (auto const& each : lies()) {
        INFO(each.name);
        story one;
        each.tell(one);
        CHECK_FALSE(one.judged().empty());
    }
}

TEST_CASE("the checker of crashes lets a store lose its end only where it may")
{
    for (bool const may : {false, true}) {
        story one;
        one.found.newest = revision{2};
        one.found.window.erase(one.found.window.find(revision{3}), one.found.window.end());
        one.found.now = one.found.past[revision{2}];
        one.found.leases.insert(1);
        CHECK(crash_checker{may}.check(one.log, one.found).empty() == may);
    }
}

TEST_CASE("the checker of crashes remembers over crashes")
{
    story one;
    crash_checker checker;
    REQUIRE(checker.check(one.log, one.found).empty());
    SUBCASE("nothing happened") { CHECK(checker.check({}, one.found).empty()); }
    SUBCASE("the newest revision went back")
    {
        one.found.newest = revision{4};
        one.found.window.erase(revision{5});
        one.found.now.clear();
        CHECK_FALSE(checker.check({}, one.found).empty());
    }
    SUBCASE("the past changed")
    {
        one.found.window[revision{1}][0].what.stamp = 17;
        CHECK_FALSE(checker.check({}, one.found).empty());
    }
    SUBCASE("a lease was granted again")
    {
        one.log = {};
        one.log.read("lease 1 5 0");
        one.found.leases.insert(1);
        CHECK_FALSE(checker.check(one.log, one.found).empty());
    }
    SUBCASE("a key is lost without a trace")
    {
        one.found.now.clear();
        CHECK_FALSE(checker.check({}, one.found).empty());
    }
    SUBCASE("another incarnation")
    {
        one.found.incarnation = 7;
        CHECK_FALSE(checker.check({}, one.found).empty());
    }
}

TEST_CASE("the checker of crashes knows the states that a backup may hold")
{
    story one;
    crash_checker checker;
    REQUIRE(checker.check(one.log, one.found).empty());
    auto const& second = one.found.past[revision{2}];
    CHECK(checker.was_state(second, revision{1}, revision{3}));
    CHECK(checker.was_state({}, revision{}, revision{1}));
    CHECK_FALSE(checker.was_state(second, revision{3}, revision{5}));
    CHECK_FALSE(checker.was_state({{"a/x", held{}}}, revision{}, revision{5}));
}
