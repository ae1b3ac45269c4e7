// SPDX-License-Identifier: BSL-1.0
#include <converge/store/any_store.hpp>

#include "history.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

using namespace converge;
using namespace store_test;
using namespace std::chrono_literals;

namespace {

std::string line(std::string const& name, stored const& of)
{
    return name + " " + std::to_string(size_of(of.value)) + " " + to_string(of.created) + " " +
           to_string(of.modified) + " " + std::to_string(of.version) + " " +
           std::to_string(static_cast<std::uint64_t>(of.lease)) + " " +
           to_string(of.value.metadata().resource_version);
}

std::string line(any_object const& value)
{
    return value ? std::to_string(size_of(value)) + "@" +
                       to_string(value.metadata().resource_version)
                 : "-";
}

/// Everything that can be seen of a store: its numbers, the state at each revision of the window,
/// and every change.
std::vector<std::string> digest(store_under_test& opened)
{
    session user{opened.store()};
    auto const stats = opened.store().stats();
    std::vector<std::string> lines{
        "newest " + to_string(stats.newest),       "window " + to_string(stats.compacted),
        "keys " + std::to_string(stats.keys),      "erased " + std::to_string(stats.erased_keys),
        "events " + std::to_string(stats.history_events), "leases " + std::to_string(stats.leases)};
    for (auto at = std::max(stats.compacted, revision{1}); at <= stats.newest; at = at.next()) {
        lines.push_back("at " + to_string(at));
        for (auto const& each : user.list("", at).entries)
            lines.push_back(line(key_of(each.value), each));
    }
    auto const begin = stats.compacted ? revision{stats.compacted.value() - 1} : revision{};
    for (auto const& each : user.drain(*user.watch("", begin)))
        lines.push_back(to_string(each.at) + " " + each.key + " " + line(each.current) + " " +
                        line(each.previous));
    return lines;
}

/// The same for every store that is given the same seed.
void live(store_under_test& opened, unsigned seed, int steps)
{
    std::atomic<std::uint64_t> clock = 0;
    random_client client{opened.store(), clock, seed};
    auto& user = client.user();
    auto const lease = user.run(user.store().grant_lease(10s, instant{}));
    user.run(user.store().grant_lease(30s, instant{}));
    for (int i = 0; i < steps; ++i) {
        client.write();
        if (i % 20 == 10)
            user.commit(put("leased/" + std::to_string(i), i, lease));
    }
    opened.compact(revision{user.newest().value() / 3});
    user.run(user.store().housekeep(instant{} + 20s));
    for (int i = 0; i < steps / 4; ++i)
        client.write();
}

history_limits some_limits()
{
    history_limits limits;
    limits.events = 150;
    return limits;
}

} // namespace

TEST_CASE("the same history makes the same store, whatever the kind")
{
    auto const kinds = store_kinds();
    for (unsigned seed = 1; seed <= 4; ++seed) {
        CAPTURE(seed);
        std::vector<std::string> first;
        for (auto const& kind : kinds) {
            INFO("store: ", std::string{kind.name});
            auto const opened = kind.open(seed % 2 == 0 ? some_limits() : history_limits{});
            live(*opened, seed, 150);
            auto const found = digest(*opened);
            CHECK(found.size() > 100);
            if (first.empty())
                first = found;
            CHECK(found == first);
        }
    }
}

TEST_CASE("a store that is closed and opened again is the same, and goes on as if it had not been")
{
    for_every_store(
        [](store_under_test& opened) {
            if (!opened.durable())
                return;
            for (unsigned seed = 1; seed <= 4; ++seed) {
                CAPTURE(seed);
                live(opened, seed, 60);
                auto const before = digest(opened);
                auto const incarnation = opened.store().incarnation();
                opened.reopen();
                CHECK(digest(opened) == before);
                CHECK(opened.store().incarnation() == incarnation);
                opened.reopen();
                CHECK(digest(opened) == before);
                session user{opened.store()};
                auto const newest = user.newest();
                CHECK(user.put("a/0", 1) == newest.next());
            }
        },
        some_limits());
}

TEST_CASE("a restored store is another incarnation: what was given since the copy is refused, and "
          "no revision is given twice")
{
    for_every_store([](store_under_test& opened) {
        if (!opened.durable())
            return;
        live(opened, 1, 60);
        session before{opened.store()};
        auto const kept = to_model(before.list(""));
        auto const copied = before.newest();
        auto const incarnation = opened.store().incarnation();
        opened.back_up();
        for (int i = 0; i < 50; ++i)
            before.put("a/lost", i);
        auto const lost = before.newest();
        opened.restore();

        session user{opened.store()};
        CHECK(opened.store().incarnation() != incarnation);
        CHECK(to_model(user.list("")) == kept);
        CHECK(user.newest() > lost);
        for (auto const old : {copied, lost}) {
            CHECK(fails_with(errc::gone, [&] { user.list("", old); }));
            CHECK(fails_with(errc::gone, [&] { user.drain(*user.watch("", old)); }));
        }
        auto const stream = user.watch("a/", user.newest());
        auto const fresh = user.put("a/lost", 1);
        CHECK(fresh > lost);
        CHECK(user.drain(*stream).size() == 1);
    });
}
