// SPDX-License-Identifier: BSL-1.0

// A scale-down writes down that it is under way, and who reads that waits for its end. If the one
// who wrote it has died, everybody waits for ever, and the data of the member stays behind.

#include "corpus.hpp"

using namespace converge;
using namespace corpus;
using namespace std::chrono_literals;

namespace {

struct ring {
    static constexpr kind_name kind{"corpus.test/v1", "Ring"};
    struct spec {
        int members = 1;
    };
    struct status {
        std::string phase;
    };
};
BOOST_DESCRIBE_STRUCT(ring::spec, (), (members))
BOOST_DESCRIBE_STRUCT(ring::status, (), (phase))

struct member {
    static constexpr kind_name kind{"corpus.test/v1", "Member"};
    struct spec {
        int number = 0;
    };
};
BOOST_DESCRIBE_STRUCT(member::spec, (), (number))

struct volume {
    static constexpr kind_name kind{"corpus.test/v1", "Volume"};
    struct spec {
        int number = 0;
    };
};
BOOST_DESCRIBE_STRUCT(volume::spec, (), (number))

template <class Part>
key<Part> part_key(object<ring> const& of, int number)
{
    return key<Part>{of.metadata.name + "-" + std::to_string(number)};
}

template <class Part>
task<> make_part(client api, object<ring> of, int number)
{
    object<Part> missing{part_key<Part>(of, number)};
    missing.spec.number = number;
    missing.metadata.owner_references.push_back(controller_reference(of));
    co_await api.create(missing);
}

template <class Part>
task<> remove_surplus(client api, object<ring> of, view<Part> parts)
{
    for (auto const& each : parts.owned_by(of))
        if (each->spec.number > of.spec.members)
            co_await api.remove(each->key(), write_options{}.only_uid(each->metadata.uid));
}

template <class Part>
bool has_surplus(object<ring> const& of, view<Part> const& parts)
{
    auto const owned = parts.owned_by(of);
    return std::any_of(owned.begin(), owned.end(),
                       [&](auto const& each) { return each->spec.number > of.spec.members; });
}

task<object_ptr<ring>> enter(client api, object<ring> of, std::string phase)
{
    of.status.phase = std::move(phase);
    co_return co_await api.update_status(of);
}

template <twin T>
task<outcome> scale(client api, object<ring> of, view<member> members, view<volume> volumes)
{
    if (T == twin::wrong && of.status.phase == "shrinking")
        co_return settled();
    for (int number = 1; number <= of.spec.members; ++number) {
        if (!volumes.find(part_key<volume>(of, number)))
            co_await make_part<volume>(api, of, number);
        if (!members.find(part_key<member>(of, number)))
            co_await make_part<member>(api, of, number);
    }
    auto now = of;
    if (has_surplus(of, members) || has_surplus(of, volumes)) {
        auto const entered = co_await enter(api, of, "shrinking");
        now = *entered;
        co_await remove_surplus(api, of, members);
        co_await remove_surplus(api, of, volumes);
    }
    co_await enter(api, now, "steady");
    co_return settled();
}

task<> shrink_ring(client api)
{
    object<ring> wanted{"west"};
    wanted.spec.members = 3;
    co_await api.create(wanted);
    co_await sleep_for(20s);
    wanted.spec.members = 2;
    co_await api.update(wanted);
}

std::string rings_are_whole(snapshot const& now)
{
    for (auto const& each : now.all<ring>()) {
        auto const asked = static_cast<std::size_t>(each->spec.members);
        if (now.all<member>().size() != asked || now.all<volume>().size() != asked)
            return to_string(each->key()) + " has not as many members and volumes as it asks for";
    }
    return {};
}

template <twin T>
void declare(simulation& sim)
{
    sim.plane("controllers", [](client api) {
        controller<ring> const rings{scale<T>};
        return run(std::move(api), rings.template owns<member>().template owns<volume>());
    });
    sim.user("user", shrink_ring);
    sim.eventually("rings have what they ask for", rings_are_whole);
}

scenario const wrong{"row_03_wrong", declare<twin::wrong>};
scenario const right{"row_03_right", declare<twin::right>};

} // namespace

TEST_CASE("row 3: a phase that waits for the dead is found; "
          "a phase that anybody can carry on is not accused")
{
    holds_in_calm(wrong);
    auto const seeds = found_within(wrong, 200, {"rings have what they ask for"});
    never_accused(right, 100, seeds);
}
