// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/async/sleep.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

// A directory lists the addresses of backends. Addresses never change, so the handler lets only
// those changes pass with which a backend comes or goes. One that was removed and made again while
// nobody watched arrives as neither: as a change, with two uids and two addresses, which is
// dropped.

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
        std::string title{};
    };
    struct status {
        std::vector<std::string> addresses{};
    };
};
BOOST_DESCRIBE_STRUCT(directory::spec, (), (title))
BOOST_DESCRIBE_STRUCT(directory::status, (), (addresses))

using directories = std::vector<key<directory>>;

directories coming_or_going(change<backend> const& seen)
{
    if (seen.before && seen.after)
        return {};
    return {key<directory>{"all"}};
}

directories coming_or_going_or_both(change<backend> const& seen)
{
    if (seen.before && seen.after && seen.before->metadata.uid == seen.after->metadata.uid)
        return {};
    return {key<directory>{"all"}};
}

task<outcome> list_addresses(client api, object<directory> of, view<backend> backends)
{
    of.status.addresses.clear();
    for (auto const& each : backends.all())
        of.status.addresses.push_back(each->spec.address);
    co_await api.update_status(of);
    co_return settled();
}

task<> come_and_go(client api)
{
    object<directory> all{"all"};
    all.spec.title = "Backends";
    co_await api.create(all);
    for (auto const* address : {"10.0.0.1", "10.0.0.2"}) {
        object<backend> one{"one"};
        one.spec.address = address;
        co_await api.create(one);
        co_await sleep_for(10s);
        if (one.spec.address == "10.0.0.1") {
            co_await api.remove(one.key());
            co_await sleep_for(2s);
        }
    }
}

void declare(simulation& sim, directories (*affected)(change<backend> const&))
{
    sim.plane("directory", [affected](client api) {
        return run(api, controller<directory>{list_addresses}.watches<backend>(affected));
    });
    sim.user("backends", come_and_go);
}

corpus::scenario const wrong{"tombstone_dropped",
                             [](simulation& sim) { declare(sim, coming_or_going); }};
corpus::scenario const right{"tombstone_seen",
                             [](simulation& sim) { declare(sim, coming_or_going_or_both); }};

} // namespace

TEST_CASE("row 15: a handler that drops a deletion and a creation seen as one change is found; "
          "a handler that looks at uids is not accused")
{
    corpus::holds_in_calm(wrong);
    auto const seeds = corpus::found_within(wrong, 500, {"a second look changes nothing"});
    corpus::never_accused(right, 300, seeds);
}
