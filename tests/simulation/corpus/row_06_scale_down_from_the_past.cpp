// SPDX-License-Identifier: BSL-1.0

// An ensemble is scaled down and up again. Who starts anew and reads old state sees the smaller one
// with the member that was too many, and removes that member once more: now it is wanted.

#include "corpus.hpp"

using namespace converge;
using namespace corpus;
using namespace std::chrono_literals;

namespace {

struct ensemble {
    static constexpr kind_name kind{"corpus.test/v1", "Ensemble"};
    struct spec {
        int members = 1;
    };
};
BOOST_DESCRIBE_STRUCT(ensemble::spec, (), (members))

struct member {
    static constexpr kind_name kind{"corpus.test/v1", "Member"};
    struct spec {
        int number = 0;
        /// The generation of the ensemble that asked for it.
        std::int64_t made_for = 0;
    };
};
BOOST_DESCRIBE_STRUCT(member::spec, (), (number, made_for))

key<member> member_key(object<ensemble> const& of, int number)
{
    return key<member>{of.metadata.name + "-" + std::to_string(number)};
}

template <twin T>
task<> remove_member(client api, object<ensemble> of, object_ptr<member> surplus)
{
    write_options how;
    if (T == twin::right) {
        // What the caches show may be old. This member, and no other, goes, if it is too many now.
        auto const now = co_await api.get(of.key());
        if (now->metadata.generation != of.metadata.generation)
            throw error{errc::conflict, "what is desired has changed"};
        how = write_options{}.only_uid(surplus->metadata.uid);
    }
    co_await api.remove(surplus->key(), how);
}

template <twin T>
task<outcome> scale(client api, object<ensemble> of, view<member> members)
{
    for (int number = 1; number <= of.spec.members; ++number) {
        if (members.find(member_key(of, number)))
            continue;
        object<member> missing{member_key(of, number)};
        missing.spec.number = number;
        missing.spec.made_for = of.metadata.generation;
        missing.metadata.owner_references.push_back(controller_reference(of));
        co_await api.create(missing);
    }
    for (auto const& each : members.owned_by(of))
        if (each->spec.number > of.spec.members)
            co_await remove_member<T>(api, of, each);
    co_return settled();
}

task<> scale_down_and_up(client api)
{
    for (int const members : {3, 2, 3, 2, 3, 2, 3, 2, 3})
        for (auto const* name : {"east", "north", "west"}) {
            object<ensemble> wanted{name};
            wanted.spec.members = members;
            co_await api.apply(wanted);
            co_await sleep_for(5s);
        }
}

template <twin T>
void declare(simulation& sim)
{
    // It takes a restart at the right time and one of two lists that is old: seldom, unless both
    // happen often.
    if (T == twin::wrong)
        only(sim, {fault_kind::crash_in_request, fault_kind::stale_replica});
    sim.chance_of(fault_kind::crash_in_request, 0.05);
    sim.chance_of(fault_kind::stale_replica, 0.5);
    sim.plane("controllers", [](client api) {
        controller<ensemble> const ensembles{scale<T>};
        return run(std::move(api), ensembles.template owns<member>());
    });
    sim.user("user", scale_down_and_up);
    sim.removes_only_if<ensemble, member>([](object<ensemble> const& of,
                                             object<member> const& gone) {
        return of.metadata.generation >= gone.spec.made_for && gone.spec.number > of.spec.members;
    });
}

scenario const wrong{"row_06_wrong", declare<twin::wrong>};
scenario const right{"row_06_right", declare<twin::right>};

} // namespace

TEST_CASE("row 6: a scale-down that is done again from old state is found; "
          "a scale-down that reads before it destroys is not accused")
{
    holds_in_calm(wrong);
    auto const seeds =
        found_within(wrong, 2000, {"removes only what some version of the owner allows"});
    never_accused(right, 50, seeds);
}
