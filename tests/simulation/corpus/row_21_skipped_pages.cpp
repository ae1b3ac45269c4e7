// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/async/sleep.hpp>
#include <converge/client/client.hpp>

// A controller's loop, made by hand: it lists in pages of two, then follows the changes. It reads
// the first page. What changed while it was away, and is on another page, waits for its next
// change.

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

enum class reads { first_page, all_pages };

task<> reconcile(client api, object<site> of)
{
    if (of.status.pages == of.spec.pages)
        co_return;
    of.status.pages = of.spec.pages;
    co_await api.update_status(of);
}

task<> follow_once(client api, reads how)
{
    revision at;
    std::string token;
    do {
        auto which = list_options{}.pages_of(2).continued(token);
        auto const page = co_await api.list<site>(std::move(which));
        for (auto const& each : page)
            co_await reconcile(api, *each);
        at = page.at();
        token = page.token();
    } while (how == reads::all_pages && !token.empty());
    auto const changes = api.through()->watch(watch_request{type_of<site>(), at});
    for (;;) {
        auto const batch = co_await changes->next();
        for (auto const& event : batch.events)
            if (event.current)
                co_await reconcile(api, *event.current.as<site>());
    }
}

task<> follow(client api, reads how)
{
    for (;;) {
        try {
            co_await follow_once(api, how);
        } catch (error const&) {
            // Whatever it was: from the start.
        }
        co_await sleep_for(1s);
    }
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

void declare(simulation& sim, reads how)
{
    sim.plane("loop", [how](client api) { return follow(std::move(api), how); });
    sim.user("user", want_pages);
    // The next start skips the same page, and so finds nothing to write.
    sim.eventually("every site shows its pages", shown);
}

corpus::scenario const wrong{"first_page",
                             [](simulation& sim) { declare(sim, reads::first_page); }};
corpus::scenario const right{"all_pages", [](simulation& sim) { declare(sim, reads::all_pages); }};

} // namespace

TEST_CASE("row 21: a first list that skips pages is found; "
          "a first list of all pages is not accused")
{
    corpus::holds_in_calm(wrong);
    auto const seeds = corpus::found_within(wrong, 20, {"every site shows its pages"});
    corpus::never_accused(right, 200, seeds);
}
