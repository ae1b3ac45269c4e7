// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/async/sleep.hpp>
#include <converge/client/client.hpp>

#include <map>

// A program of its own keeps a directory of the backends that are there: it lists them, then
// follows the changes. When it loses the thread it lists again, and adds what it finds. What was
// removed meanwhile is in no list and in no later change, so it stays in the directory for ever.

namespace {

using namespace converge;
using namespace std::chrono_literals;
using corpus::simulation;

struct backend {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Backend"};
    struct spec {
        std::string address{};
    };
};
BOOST_DESCRIBE_STRUCT(backend::spec, (), (address))

struct directory {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Directory"};
    struct spec {
        std::map<std::string, std::string> addresses{};
    };
};
BOOST_DESCRIBE_STRUCT(directory::spec, (), (addresses))

enum class after_a_gap { adds, replaces };

task<> publish(client api, std::map<std::string, std::string> known)
{
    object<directory> wanted{"all"};
    auto const found = co_await api.find(wanted.key());
    if (found)
        wanted = *found;
    wanted.spec.addresses = std::move(known);
    if (!found)
        co_await api.create(wanted);
    else if (wanted.spec.addresses != found->spec.addresses)
        co_await api.update(wanted);
}

task<> follow_once(client api, after_a_gap how, std::map<std::string, std::string>& known)
{
    auto const all = co_await api.list<backend>();
    if (how == after_a_gap::replaces)
        known.clear();
    for (auto const& each : all)
        known[each->metadata.name] = each->spec.address;
    co_await publish(api, known);
    auto const changes = api.through()->watch(watch_request{type_of<backend>(), all.at()});
    for (;;) {
        auto const batch = co_await changes->next();
        for (auto const& event : batch.events) {
            if (event.current)
                known[event.current.key().name] = event.current.as<backend>()->spec.address;
            else
                known.erase(event.previous.key().name);
        }
        co_await publish(api, known);
    }
}

task<> follow(client api, after_a_gap how)
{
    std::map<std::string, std::string> known;
    for (;;) {
        try {
            co_await follow_once(api, how, known);
        } catch (error const&) {
            // Whatever it was: from the start.
        }
        co_await sleep_for(1s);
    }
}

task<> come_and_go(client api)
{
    for (auto const* name : {"a", "b", "c"}) {
        object<backend> one{name};
        one.spec.address = name;
        co_await api.create(one);
        co_await sleep_for(5s);
    }
    co_await api.remove(key<backend>{"b"});
    co_await sleep_for(5s);
}

void declare(simulation& sim, after_a_gap how)
{
    sim.plane("directory", [how](client api) { return follow(std::move(api), how); });
    sim.user("backends", come_and_go);
    // It looks at its directory only when backends change, so a late write of it would stay.
    sim.chance_of(testing::fault_kind::late_request, 0);
}

corpus::scenario const wrong{"gap_adds", [](simulation& sim) { declare(sim, after_a_gap::adds); }};
corpus::scenario const right{"gap_replaces",
                             [](simulation& sim) { declare(sim, after_a_gap::replaces); }};

} // namespace

TEST_CASE("row 15: a cache that keeps what was deleted while it did not watch is found; "
          "a cache that a new list replaces is not accused")
{
    corpus::holds_in_calm(wrong);
    auto const seeds = corpus::found_within(wrong, 100, {"a second look changes nothing"});
    corpus::never_accused(right, 300, seeds);
}
