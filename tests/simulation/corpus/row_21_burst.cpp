// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/async/nursery.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/wake.hpp>
#include <converge/client/client.hpp>

#include <algorithm>
#include <deque>
#include <map>

// A controller's loop, made by hand: one task follows the changes and fills a queue, another works
// on them, and waits after each write until the first has seen it. The queue holds two keys, and
// who fills it waits for room: after a burst of changes each waits for the other.

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

enum class full_queue { waits, merges };

class loop {
public:
    loop(client through, executor const& where, full_queue how)
        : api_{std::move(through)},
          crew_{where},
          how_{how}
    {}

    task<> run()
    {
        crew_.spawn(follow());
        crew_.spawn(work());
        co_await crew_.join();
    }

private:
    task<> add(object_key id)
    {
        if (how_ == full_queue::waits)
            while (queue_.size() == 2)
                co_await room_.wait();
        else if (std::ranges::find(queue_, id) != queue_.end())
            co_return;
        queue_.push_back(std::move(id));
        ready_.notify_one();
    }

    task<> follow()
    {
        for (;;) {
            try {
                co_await follow_once();
            } catch (error const&) {
                // Whatever it was: from the start.
            }
            co_await sleep_for(1s);
        }
    }

    task<> follow_once()
    {
        auto const all = co_await api_.list<site>();
        cache_.clear();
        for (auto const& each : all) {
            cache_[each->key()] = each;
            co_await add(each->key());
        }
        saw(all.at());
        auto const changes = api_.through()->watch(watch_request{type_of<site>(), all.at()});
        for (;;) {
            auto const batch = co_await changes->next();
            for (auto const& event : batch.events) {
                if (!event.current)
                    continue;
                cache_[event.current.key()] = event.current.as<site>();
                co_await add(event.current.key());
            }
            saw(batch.through);
        }
    }

    void saw(revision at)
    {
        seen_ = at;
        moved_.notify_all();
    }

    task<> work()
    {
        for (;;) {
            while (queue_.empty())
                co_await ready_.wait();
            auto const next = queue_.front();
            queue_.pop_front();
            room_.notify_one();
            bool done = false;
            try {
                co_await reconcile(next);
                done = true;
            } catch (error const&) {
                // Tried again below.
            }
            if (done)
                continue;
            co_await sleep_for(1s);
            queue_.push_back(next);
        }
    }

    task<> reconcile(object_key id)
    {
        auto const found = cache_.find(id);
        if (found == cache_.end())
            co_return;
        auto of = *found->second;
        if (of.status.pages == of.spec.pages)
            co_return;
        of.status.pages = of.spec.pages;
        auto const written = co_await api_.update_status(of);
        while (seen_ < written->metadata.resource_version)
            co_await moved_.wait();
    }

    client api_;
    nursery crew_;
    full_queue how_;
    std::map<object_key, object_ptr<site>> cache_;
    revision seen_{};
    std::deque<object_key> queue_;
    wake ready_;
    wake room_;
    wake moved_;
};

task<> run_loop(client api, full_queue how)
{
    auto const where = co_await this_coro::executor;
    loop running{std::move(api), where, how};
    co_await running.run();
}

task<> want_pages(client api)
{
    for (int const pages : {1, 2})
        for (auto const* name : {"blog", "shop", "wiki", "docs", "mail"}) {
            object<site> wanted{name};
            wanted.spec.pages = pages;
            co_await api.apply(wanted);
            co_await sleep_for(3s);
        }
}

void declare(simulation& sim, full_queue how)
{
    sim.plane("loop", [how](client api) { return run_loop(std::move(api), how); });
    sim.user("user", want_pages);
}

corpus::scenario const wrong{"full_queue_waits",
                             [](simulation& sim) { declare(sim, full_queue::waits); }};
corpus::scenario const right{"full_queue_merges",
                             [](simulation& sim) { declare(sim, full_queue::merges); }};

} // namespace

TEST_CASE("row 21: a loop that a burst of changes locks up is found; "
          "a loop whose queue holds each key once is not accused")
{
    corpus::holds_in_calm(wrong);
    auto const seeds = corpus::found_within(wrong, 20);
    corpus::never_accused(right, 200, seeds);
}
