// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/async/sleep.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>

#include <algorithm>

// An ensemble scales down and up again. A member is ready when its disk is its own; disks of
// members that have gone are cleaned up when nothing else is to be done. The new member finds the
// old one's disk, is never ready, and the ensemble waits for it before it cleans up.

namespace {

using namespace converge;
using namespace std::chrono_literals;
using corpus::simulation;

struct ensemble {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Ensemble"};
    struct spec {
        int size = 1;
    };
};
BOOST_DESCRIBE_STRUCT(ensemble::spec, (), (size))

struct member {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Member"};
    struct spec {
        int number = 0;
    };
    struct status {
        bool ready = false;
    };
};
BOOST_DESCRIBE_STRUCT(member::spec, (), (number))
BOOST_DESCRIBE_STRUCT(member::status, (), (ready))

/// Has the name of its member.
struct disk {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Disk"};
    struct spec {
        uid written_by{};
    };
};
BOOST_DESCRIBE_STRUCT(disk::spec, (), (written_by))

task<outcome> serve(client api, object<member> of, view<disk> disks)
{
    object<disk> own{of.metadata.name};
    auto const found = disks.find(own.key());
    if (!found) {
        own.spec.written_by = of.metadata.uid;
        co_await api.create(own);
    }
    of.status.ready = found && found->spec.written_by == of.metadata.uid;
    co_await api.update_status(of);
    co_return settled();
}

/// This one, and no other of its name.
template <class R>
task<> remove_it(client api, object_ptr<R> which)
{
    auto const how = write_options{}.only_uid(which->metadata.uid);
    co_await api.remove(which->key(), how);
}

/// @returns whether there was anything.
task<bool> clean_up(client api, view<disk> disks)
{
    bool any = false;
    for (auto const& each : disks.all()) {
        auto const user = co_await api.find(key<member>{each->metadata.name});
        if (user && user->metadata.uid == each->spec.written_by)
            continue;
        any = true;
        co_await remove_it(api, each);
    }
    co_return any;
}

/// @returns whether it is on its way.
task<bool> scale(client api, object<ensemble> of, view<member> members)
{
    auto const all = members.owned_by(of);
    auto const ready = [](auto const& each) { return each->status.ready; };
    if (!std::ranges::all_of(all, ready))
        co_return true;
    auto const size = static_cast<int>(all.size());
    if (size == of.spec.size)
        co_return false;
    if (size > of.spec.size) {
        co_await remove_it(api, all.back());
        co_return true;
    }
    object<member> next{of.metadata.name + "-" + std::to_string(size + 1)};
    next.spec.number = size + 1;
    next.metadata.owner_references.push_back(controller_reference(of));
    co_await api.create(next);
    co_return true;
}

task<outcome> scale_first(client api, object<ensemble> of, view<member> members, view<disk> disks)
{
    bool const scales = co_await scale(api, of, members);
    if (!scales)
        co_await clean_up(api, disks);
    co_return settled();
}

task<outcome> clean_first(client api, object<ensemble> of, view<member> members, view<disk> disks)
{
    bool const cleans = co_await clean_up(api, disks);
    if (!cleans)
        co_await scale(api, of, members);
    co_return settled();
}

std::vector<key<ensemble>> the_ensemble(object<disk> const&) { return {key<ensemble>{"trio"}}; }

std::vector<key<member>> its_member(object<disk> const& of)
{
    return {key<member>{of.metadata.name}};
}

std::string all_ready(testing::snapshot const& now)
{
    auto const trio = now.find(key<ensemble>{"trio"});
    auto const members = now.all<member>();
    auto const ready =
        std::ranges::count_if(members, [](auto const& each) { return each->status.ready; });
    if (trio && ready == trio->spec.size)
        return {};
    return "trio has " + std::to_string(ready) + " members that are ready";
}

task<> down_and_up(client api)
{
    object<ensemble> trio{"trio"};
    trio.spec.size = 3;
    co_await api.apply(trio);
    co_await sleep_for(20s);
    trio.spec.size = 2;
    co_await api.apply(trio);
    co_await sleep_for(5ms);
    trio.spec.size = 3;
    co_await api.apply(trio);
}

using reconciler_of_ensembles = task<outcome> (*)(client, object<ensemble>, view<member>,
                                                  view<disk>);

void declare(simulation& sim, reconciler_of_ensembles reconcile)
{
    sim.plane("ensembles", [reconcile](client api) {
        auto const ensembles =
            controller<ensemble>{reconcile}.owns<member>().watches<disk>(the_ensemble);
        return run(api, ensembles, controller<member>{serve}.watches<disk>(its_member));
    });
    sim.user("operator", down_and_up);
    sim.eventually("all members are ready", all_ready);
}

corpus::scenario const wrong{"scales_first", [](simulation& sim) { declare(sim, scale_first); }};
corpus::scenario const right{"cleans_first", [](simulation& sim) { declare(sim, clean_first); }};

} // namespace

TEST_CASE("row 17: a scale-up that waits for what its own clean-up prevents is found; "
          "a scale-up after the clean-up is not accused")
{
    auto const seeds = corpus::found_within(wrong, 200, {"all members are ready"});
    corpus::never_accused(right, 150, seeds);
}
