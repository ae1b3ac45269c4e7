// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/async/random_service.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <algorithm>

// A status lists components in the order in which a hash table gives them, which is another one
// every time. Each pass writes another status, which is a change, which is a reason for the next
// pass.

namespace {

using namespace converge;
using corpus::simulation;

struct application {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Application"};
    struct spec {
        std::vector<std::string> components{};
    };
    struct status {
        std::vector<std::string> components{};
    };
};
BOOST_DESCRIBE_STRUCT(application::spec, (), (components))
BOOST_DESCRIBE_STRUCT(application::status, (), (components))

using names = std::vector<std::string>;

/// As some languages' hash tables do on purpose.
names in_any_order(names all, executor const& where)
{
    for (auto left = all.size(); left > 1; --left)
        std::swap(all[left - 1], all[random_of(where).draw("corpus.hash") % left]);
    return all;
}

names in_one_order(names all, executor const&)
{
    std::ranges::sort(all);
    return all;
}

using listing = names (*)(names, executor const&);

task<outcome> list_components(listing listed, client api, object<application> of)
{
    auto const where = co_await this_coro::executor;
    of.status.components = listed(of.spec.components, where);
    co_await api.update_status(of);
    co_return settled();
}

task<> want_components(client api)
{
    object<application> shop{"shop"};
    shop.spec.components = {"database", "cache", "queue", "frontend", "search", "mail"};
    co_await api.create(shop);
}

void declare(simulation& sim, listing listed)
{
    sim.plane("applications", [listed](client api) {
        auto const reconcile = [listed](client on, object<application> of) {
            return list_components(listed, std::move(on), std::move(of));
        };
        return run(api, controller<application>{reconcile});
    });
    sim.user("user", want_components);
}

corpus::scenario const wrong{"any_order", [](simulation& sim) { declare(sim, in_any_order); }};
corpus::scenario const right{"one_order", [](simulation& sim) { declare(sim, in_one_order); }};

} // namespace

TEST_CASE("row 18: a status list in an order that changes every time is found; "
          "a status list in order is not accused")
{
    auto const seeds = corpus::found_within(wrong, 5, {"it comes to rest"});
    corpus::never_accused(right, 500, seeds);
}
