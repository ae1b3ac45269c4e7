// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/async/nursery.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/wake.hpp>
#include <converge/client/informer.hpp>

#include <deque>

// A controller's loop, made by hand: an informer fills a queue, at most two keys are worked on at a
// time. It takes the next key before it looks whether there is room for it.

namespace {

using namespace converge;
using namespace std::chrono_literals;
using corpus::simulation;

struct site {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Site"};
    struct spec {
        int pages = 0;
    };
    struct status {
        int pages = 0;
    };
};
BOOST_DESCRIBE_STRUCT(site::spec, (), (pages))
BOOST_DESCRIBE_STRUCT(site::status, (), (pages))

enum class looks_for_room { after_taking, before_taking };

class loop {
public:
    loop(client through, executor const& where, looks_for_room when)
        : api_{std::move(through)},
          sites_{api_.through(), type_of<site>()},
          crew_{where},
          room_{when}
    {}

    task<> run()
    {
        hears_ = sites_.subscribe([this](object_change const& seen) {
            add(seen.after ? seen.after.key() : seen.before.key());
        });
        crew_.spawn(sites_.run());
        crew_.spawn(dispatch());
        co_await crew_.join();
    }

private:
    static constexpr unsigned most = 2;

    void add(object_key id)
    {
        queue_.push_back(std::move(id));
        ready_.notify_one();
    }

    task<> dispatch()
    {
        for (;;) {
            while (!queue_.empty()) {
                if (room_ == looks_for_room::before_taking && busy_ == most)
                    break;
                auto next = std::move(queue_.front());
                queue_.pop_front();
                if (busy_ == most)
                    continue;
                ++busy_;
                crew_.spawn(work(std::move(next)));
            }
            co_await ready_.wait();
        }
    }

    task<> work(object_key id)
    {
        bool done = false;
        try {
            co_await reconcile(id);
            done = true;
        } catch (error const&) {
            // Tried again below.
        }
        --busy_;
        ready_.notify_one();
        if (done)
            co_return;
        co_await sleep_for(1s);
        add(std::move(id));
    }

    task<> reconcile(object_key id)
    {
        auto const found = sites_.cache().find(id);
        if (!found)
            co_return;
        auto of = *found.as<site>();
        of.status.pages = of.spec.pages;
        co_await api_.update_status(of);
    }

    client api_;
    informer sites_;
    subscription hears_;
    nursery crew_;
    looks_for_room room_;
    std::deque<object_key> queue_;
    unsigned busy_ = 0;
    wake ready_;
};

task<> run_loop(client api, looks_for_room when)
{
    auto const where = co_await this_coro::executor;
    loop running{std::move(api), where, when};
    co_await running.run();
}

task<> want_pages(client api)
{
    for (int const pages : {1, 2})
        for (auto const* name : {"blog", "shop", "wiki"}) {
            object<site> wanted{name};
            wanted.spec.pages = pages;
            co_await api.apply(wanted);
            co_await sleep_for(4s);
        }
}

std::string shown(testing::snapshot const& now)
{
    for (auto const& each : now.all<site>())
        if (each->status.pages != each->spec.pages)
            return each->metadata.name + " shows " + std::to_string(each->status.pages) +
                   " pages instead of " + std::to_string(each->spec.pages);
    return {};
}

void declare(simulation& sim, looks_for_room when)
{
    sim.plane("loop", [when](client api) { return run_loop(std::move(api), when); });
    sim.user("user", want_pages);
    // The next start loses the same keys, and so finds nothing to write.
    sim.eventually("every site shows its pages", shown);
}

corpus::scenario const wrong{"room_after_taking",
                             [](simulation& sim) { declare(sim, looks_for_room::after_taking); }};
corpus::scenario const right{"room_before_taking",
                             [](simulation& sim) { declare(sim, looks_for_room::before_taking); }};

} // namespace

TEST_CASE("row 21: a queue that loses keys while its workers are busy is found; "
          "a queue that keeps keys while its workers are busy is not accused")
{
    corpus::holds_in_calm(wrong);
    auto const seeds = corpus::found_within(wrong, 20, {"every site shows its pages"});
    corpus::never_accused(right, 200, seeds);
}
