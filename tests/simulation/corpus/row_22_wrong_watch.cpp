// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/async/sleep.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>
#include <converge/store/any_store.hpp>

#include <functional>
#include <memory>
#include <optional>

// Stores whose watches are wrong: one goes back in time, one loses changes when its reader is
// slow, one forgets a deletion where the history begins. The controller above them is in order.

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

/// Passes everything on, but for what its `next` does.
class watch_over : public watch_stream {
public:
    explicit watch_over(std::unique_ptr<watch_stream> from) : from_{std::move(from)} {}
    [[nodiscard]] task<watch_batch> next() override { return from_->next(); }
    [[nodiscard]] revision through() const override { return from_->through(); }

protected:
    std::unique_ptr<watch_stream> from_;
};

/// Tells what it told first once more, a little later.
class goes_back final : public watch_over {
public:
    goes_back(std::unique_ptr<watch_stream> from, bool) : watch_over{std::move(from)} {}
    [[nodiscard]] task<watch_batch> next() override
    {
        if (++told_ == 4)
            co_return first_;
        auto batch = co_await from_->next();
        if (told_ == 1)
            first_ = batch;
        co_return batch;
    }

private:
    int told_ = 0;
    watch_batch first_;
};

/// Keeps only the newest of several revisions that wait.
class loses_some final : public watch_over {
public:
    loses_some(std::unique_ptr<watch_stream> from, bool) : watch_over{std::move(from)} {}
    [[nodiscard]] task<watch_batch> next() override
    {
        auto batch = co_await from_->next();
        auto const newest = batch.events.back().at;
        std::erase_if(batch.events, [newest](auto const& event) { return event.at != newest; });
        co_return batch;
    }
};

/// Begun where the history begins, it takes a deletion that comes first for a part
/// of what was compacted.
class forgets_deletion final : public watch_over {
public:
    forgets_deletion(std::unique_ptr<watch_stream> from, bool at_the_beginning)
        : watch_over{std::move(from)},
          forgets_{at_the_beginning}
    {}
    [[nodiscard]] task<watch_batch> next() override
    {
        for (;;) {
            auto batch = co_await from_->next();
            bool const forgets = std::exchange(forgets_, false);
            if (forgets && !batch.events.front().current)
                batch.events.erase(batch.events.begin());
            if (!batch.events.empty())
                co_return batch;
        }
    }

private:
    bool forgets_;
};

class passes_on final : public watch_over {
public:
    passes_on(std::unique_ptr<watch_stream> from, bool) : watch_over{std::move(from)} {}
};

template <class Watch>
class store_over {
public:
    explicit store_over(any_store below) : below_{std::move(below)} {}

    task<commit_outcome> commit(transaction t) { return below_.commit(std::move(t)); }
    task<std::optional<stored>> get(std::string key) { return below_.get(std::move(key)); }
    task<list_page> list(list_query query) { return below_.list(std::move(query)); }
    std::unique_ptr<watch_stream> watch(watch_query query)
    {
        bool const at_the_beginning = query.after == below_.stats().compacted;
        return std::make_unique<Watch>(below_.watch(std::move(query)), at_the_beginning);
    }
    task<revision> newest() { return below_.newest(); }
    task<lease_id> grant_lease(duration ttl, instant now) { return below_.grant_lease(ttl, now); }
    task<bool> renew_lease(lease_id lease, instant now) { return below_.renew_lease(lease, now); }
    task<std::optional<instant>> housekeep(instant now) { return below_.housekeep(now); }
    store_stats stats() { return below_.stats(); }
    std::uint64_t incarnation() { return below_.incarnation(); }

private:
    any_store below_;
};

task<outcome> show_pages(client api, object<site> of)
{
    of.status.pages = of.spec.pages;
    co_await api.update_status(of);
    co_return settled();
}

task<> come_and_go(client api)
{
    for (int round = 1; round <= 4; ++round) {
        for (auto const* name : {"blog", "shop"}) {
            object<site> wanted{name};
            wanted.spec.pages = round;
            co_await api.apply(wanted);
            co_await sleep_for(2s);
        }
        co_await api.remove(key<site>{"blog"});
        co_await sleep_for(4s);
    }
}

template <class Watch>
void declare(simulation& sim)
{
    sim.over_store([](any_store below) {
        return any_store{std::make_shared<store_over<Watch>>(std::move(below))};
    });
    sim.plane("sites", [](client api) { return run(api, controller<site>{show_pages}); });
    sim.user("user", come_and_go);
}

auto const* const by_watch_oracle = "watches tell every change once, in order";

corpus::scenario const back_in_time{"watch_goes_back", declare<goes_back>};
corpus::scenario const starved{"watch_loses_some", declare<loses_some>};
corpus::scenario const boundary{"watch_forgets_deletion", declare<forgets_deletion>};
corpus::scenario const right{"watch_passes_on", declare<passes_on>};

} // namespace

TEST_CASE("row 22: a watch that goes back in time is found")
{
    corpus::found_within(back_in_time, 50, {by_watch_oracle});
}

TEST_CASE("row 22: a watch that loses changes when its reader is slow is found")
{
    corpus::found_within(starved, 50, {by_watch_oracle});
}

TEST_CASE("row 22: a watch that forgets a deletion where the history begins is found; "
          "a store that passes everything on is not accused")
{
    auto const seeds = corpus::found_within(boundary, 500, {by_watch_oracle});
    corpus::never_accused(right, 200, seeds);
}
