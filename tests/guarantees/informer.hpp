// SPDX-License-Identifier: BSL-1.0
#pragma once

// A kind, a user who changes its objects at random, what the store held at every revision, and a
// process that follows it with an informer over a bad connection.

#include "seeds.hpp"

#include <converge/async/nursery.hpp>
#include <converge/async/random_service.hpp>
#include <converge/async/sleep.hpp>
#include <converge/client/client.hpp>
#include <converge/client/informer.hpp>
#include <converge/client/view.hpp>
#include <converge/codec/described_traits.hpp>
#include <converge/testing/check_scenario.hpp>
#include <converge/testing/simulation.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace informer_guarantees {

using guarantees::seeds;

using namespace converge;
using namespace converge::testing;
using namespace std::chrono_literals;

struct page {
    static constexpr kind_name kind{"test.converge.dev/v1", "Page"};
    struct spec {
        int number = 0;
    };
};
BOOST_DESCRIBE_STRUCT(page::spec, (), (number))

struct by_parity : index_of<page> {
    static std::string value(object<page> const& of)
    {
        return of.spec.number % 2 == 0 ? "even" : "odd";
    }
};

/// What a state of an object is told by.
struct seen_state {
    revision at{};
    std::string life;
    int number = 0;

    seen_state() = default;
    explicit seen_state(object<page> const& of)
        : at{of.metadata.resource_version},
          life{of.metadata.uid.str()},
          number{of.spec.number}
    {}
    explicit seen_state(any_object const& of) : seen_state{*of.as<page>()} {}

    bool operator==(seen_state const&) const = default;
};
using seen_states = std::map<object_key, seen_state>;

/// What the store held, and what was found to be wrong.
class ledger {
public:
    void note(snapshot const& now)
    {
        seen_states all;
        for (auto const& each : now.all<page>())
            all.emplace(each->key(), seen_state{*each});
        history_[now.at()] = std::move(all);
    }

    [[nodiscard]] seen_states const& at(revision when) const
    {
        static seen_states const nothing;
        auto const later = history_.upper_bound(when);
        return later == history_.begin() ? nothing : std::prev(later)->second;
    }

    void expect(bool holds, std::string what)
    {
        if (!holds && wrong_.empty())
            wrong_ = std::move(what);
    }
    [[nodiscard]] std::string const& wrong() const noexcept { return wrong_; }

private:
    std::map<revision, seen_states> history_;
    std::string wrong_;
};

/// One life of a process with an informer. A test derives from it and looks.
class reader {
public:
    reader(client const& api, std::shared_ptr<ledger> book) : reader{api.through(), std::move(book)}
    {}
    reader(std::shared_ptr<transport> through, std::shared_ptr<ledger> book)
        : truth{std::move(book)},
          pages{std::make_shared<informer>(std::move(through), type_of<page>())},
          shown{pages}
    {
        moves = pages->on_progress([this] { on_progress(); });
        early = pages->subscribe([this](object_change const& change) { on_change(change); });
    }
    reader(reader const&) = delete;
    reader& operator=(reader const&) = delete;
    virtual ~reader() = default;

    virtual void on_change(object_change const&) {}
    virtual void on_progress() {}
    /// Called now and then.
    virtual void look(std::uint64_t) {}
    virtual void on_synced() {}

    void expect(bool holds, std::string what) { truth->expect(holds, std::move(what)); }

    [[nodiscard]] seen_states cached() const
    {
        seen_states all;
        pages->cache().for_each(
            [&](any_object const& each) { all.emplace(each.key(), seen_state{each}); });
        return all;
    }
    [[nodiscard]] static object_key key_of(object_change const& change)
    {
        return (change.after ? change.after : change.before).key();
    }

    std::shared_ptr<ledger> truth;
    std::shared_ptr<informer> pages;
    view<page, by_parity> shown;
    subscription moves;
    subscription early;
};

inline task<> look_now_and_then(std::shared_ptr<reader> who)
{
    auto const where = co_await this_coro::executor;
    for (int i = 0; i != 60; ++i) {
        auto const chance = random_of(where).draw("reader.look");
        co_await sleep_for(std::chrono::milliseconds{chance % 2000});
        who->look(chance >> 20);
    }
}

inline task<> wait_for_sync(std::shared_ptr<reader> who)
{
    co_await who->pages->wait_synced();
    who->on_synced();
}

inline task<> live(std::shared_ptr<reader> who)
{
    auto const where = co_await this_coro::executor;
    nursery crew{where};
    crew.spawn(who->pages->run());
    crew.spawn(look_now_and_then(who));
    crew.spawn(wait_for_sync(who));
    co_await crew.join();
}

inline task<> change_pages(client api)
{
    auto const where = co_await this_coro::executor;
    for (int i = 1; i != 40; ++i) {
        auto const chance = random_of(where).draw("user.change");
        object<page> wanted{"p" + std::to_string(chance % 5)};
        wanted.spec.number = i;
        if ((chance >> 8) % 3 != 0) {
            co_await api.apply(wanted);
        } else {
            try {
                co_await api.remove(wanted.key());
            } catch (error const&) {
                // It is not there.
            }
        }
        if ((chance >> 16) % 3 == 0)
            co_await sleep_for(std::chrono::milliseconds{(chance >> 24) % 4000});
    }
}

using reader_maker = std::function<std::shared_ptr<reader>(client const&, std::shared_ptr<ledger>)>;

/// Runs the seeds with a process that `make` makes at each of its starts.
inline void check_readers(std::string name, reader_maker make,
                          std::function<void(simulation&)> more = {})
{
    auto const declare = [make = std::move(make), more = std::move(more)](simulation& sim) {
        auto const book = std::make_shared<ledger>();
        sim.plane("reader", [make, book](client api) { return live(make(api, book)); });
        sim.user("user", change_pages);
        sim.always("what was seen is true", [book](snapshot const& now) {
            book->note(now);
            return book->wrong();
        });
        sim.eventually("nothing untrue was seen",
                       [book](snapshot const&) { return book->wrong(); });
        if (more)
            more(sim);
    };
    check_scenario({std::move(name), declare, seeds()});
}

template <class Reader>
void check_reader(std::string name)
{
    check_readers(std::move(name), [](client const& api, std::shared_ptr<ledger> book) {
        return std::make_shared<Reader>(api, std::move(book));
    });
}

} // namespace informer_guarantees
