// SPDX-License-Identifier: BSL-1.0

// An upgrade replaces one member after another, and only while all are ready: a guard counts them
// before each step. It counts in the cache, which does not show what the step before has done.

#include "corpus.hpp"

using namespace converge;
using namespace corpus;
using namespace std::chrono_literals;

namespace {

inline constexpr int members_asked = 3;

struct ensemble {
    static constexpr kind_name kind{"corpus.test/v1", "Ensemble"};
    struct spec {
        int version = 1;
    };
    struct status {
        /// Whether all members were ready once: since then two of them must be, always.
        bool formed = false;
    };
};
BOOST_DESCRIBE_STRUCT(ensemble::spec, (), (version))
BOOST_DESCRIBE_STRUCT(ensemble::status, (), (formed))

struct member {
    static constexpr kind_name kind{"corpus.test/v1", "Member"};
    struct spec {
        int version = 1;
    };
    struct status {
        bool ready = false;
    };
};
BOOST_DESCRIBE_STRUCT(member::spec, (), (version))
BOOST_DESCRIBE_STRUCT(member::status, (), (ready))

template <class Members>
int ready_among(Members const& members)
{
    return static_cast<int>(std::count_if(members.begin(), members.end(), [](auto const& each) {
        return each->status.ready && !each->metadata.being_deleted();
    }));
}

task<int> ready_now(client api)
{
    auto const members = co_await api.list<member>();
    co_return ready_among(members);
}

task<> make_missing(client api, object<ensemble> of, view<member> members)
{
    for (int number = 1; number <= members_asked; ++number) {
        key<member> const id{of.metadata.name + "-" + std::to_string(number)};
        if (members.find(id))
            continue;
        object<member> missing{id};
        missing.spec.version = of.spec.version;
        missing.metadata.owner_references.push_back(controller_reference(of));
        co_await api.create(missing);
    }
}

template <twin T>
task<outcome> upgrade(client api, object<ensemble> of, view<member> members)
{
    co_await make_missing(api, of, members);
    if (!of.status.formed) {
        of.status.formed = ready_among(members.all()) == members_asked;
        co_await api.update_status(of);
        co_return settled();
    }
    for (auto const& each : members.owned_by(of)) {
        if (each->spec.version >= of.spec.version)
            continue;
        int ready = ready_among(members.all());
        if (T == twin::right)
            ready = co_await ready_now(api);
        if (ready < members_asked)
            break;
        co_await api.remove(each->key(), write_options{}.only_uid(each->metadata.uid));
        // Time for the cache to follow.
        co_await sleep_for(1s);
    }
    co_return settled();
}

/// What runs a member: it is ready after a while.
task<outcome> run_member(client api, object<member> of)
{
    if (of.status.ready)
        co_return settled();
    co_await sleep_for(2s);
    of.status.ready = true;
    co_await api.update_status(of);
    co_return settled();
}

task<> want_newer(client api)
{
    object<ensemble> wanted{"quorum"};
    co_await api.create(wanted);
    co_await sleep_for(30s);
    wanted.spec.version = 2;
    co_await api.update(wanted);
}

std::string two_are_ready(snapshot const& now)
{
    for (auto const& each : now.all<ensemble>())
        if (each->status.formed && ready_among(now.all<member>()) < members_asked - 1)
            return to_string(each->key()) + " has lost its quorum";
    return {};
}

template <twin T>
void declare(simulation& sim)
{
    sim.plane("controllers", [](client api) {
        controller<ensemble> const ensembles{upgrade<T>};
        return run(std::move(api), ensembles.template owns<member>());
    });
    sim.plane("agent", [](client api) {
        controller<member> const agent{run_member};
        return run(std::move(api), agent.workers(members_asked));
    });
    sim.user("user", want_newer);
    sim.always("two members are ready", two_are_ready);
}

scenario const wrong{"row_11_wrong", declare<twin::wrong>};
scenario const right{"row_11_right", declare<twin::right>};

} // namespace

TEST_CASE("row 11: a guard that does not see what was just done is found; "
          "a guard that asks how things are is not accused")
{
    holds_in_calm(wrong);
    auto const seeds = found_within(wrong, 500, {"two members are ready"});
    never_accused(right, 100, seeds);
}
