// SPDX-License-Identifier: BSL-1.0
#include "scenarios/reference.hpp"

#include <converge/async/sleep.hpp>
#include <converge/client/view.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>
#include <converge/model/owner_references.hpp>
#include <converge/testing/explore.hpp>

#include <boost/describe/class.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace simulation_test {

namespace {

struct team {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Team"};
    struct spec {
        int seats = 1;
    };
    struct status {
        int seats = 0;
    };
};
BOOST_DESCRIBE_STRUCT(team::spec, (), (seats))
BOOST_DESCRIBE_STRUCT(team::status, (), (seats))

struct seat {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Seat"};
    struct spec {
        int number = 0;
    };
};
BOOST_DESCRIBE_STRUCT(seat::spec, (), (number))

[[nodiscard]] converge::key<seat> seat_key(converge::object<team> const& of, int number)
{
    return converge::key<seat>{of.metadata.name + "-" + std::to_string(number)};
}

converge::task<converge::outcome> seat_team(converge::client api, converge::object<team> of,
                                            converge::view<seat> seats)
{
    for (int number = 1; number <= of.spec.seats; ++number) {
        if (seats.find(seat_key(of, number)))
            continue;
        converge::object<seat> missing{seat_key(of, number)};
        missing.spec.number = number;
        missing.metadata.owner_references.push_back(converge::controller_reference(of));
        co_await api.create(std::move(missing));
    }
    auto const owned = seats.owned_by(of);
    for (auto const& each : owned) {
        if (each->spec.number <= of.spec.seats)
            continue;
        converge::write_options only;
        co_await api.remove(each->key(), std::move(only).only_uid(each->metadata.uid));
    }
    if (of.status.seats != of.spec.seats) {
        of.status.seats = of.spec.seats;
        co_await api.update_status(of);
    }
    co_return converge::settled();
}

converge::task<> change_minds(converge::client api)
{
    using namespace std::chrono_literals;
    converge::object<team> first{"first"};
    first.spec.seats = 2;
    converge::object<team> second{"second"};
    second.spec.seats = 3;
    auto const made_first = co_await api.create(first);
    auto const made_second = co_await api.create(second);
    co_await converge::sleep_for(10s);
    first = *made_first;
    first.spec.seats = 3;
    first.metadata.resource_version = {};
    co_await api.update(first);
    second = *made_second;
    second.spec.seats = 1;
    second.metadata.resource_version = {};
    co_await api.update(second);
}

[[nodiscard]] std::string all_seated(converge::testing::snapshot const& now)
{
    int wanted = 0;
    for (auto const& each : now.all<team>()) {
        wanted += each->spec.seats;
        if (each->status.seats != each->spec.seats)
            return each->metadata.name + " says that it has " + std::to_string(each->status.seats) +
                   " seats";
    }
    auto const seats = static_cast<int>(now.all<seat>().size());
    return seats == wanted ? std::string{}
                           : std::to_string(seats) + " seats instead of " + std::to_string(wanted);
}

void declare_reference(converge::testing::simulation& sim)
{
    sim.plane("control-plane", [](converge::client api) {
        converge::controller<team> teams{seat_team};
        return converge::run(std::move(api), std::move(teams).owns<seat>().workers(2));
    });
    sim.user("user", change_minds);
    sim.eventually("every team has its seats", all_seated);
    sim.removes_only_if<team, seat>(
        [](converge::object<team> const& owner, converge::object<seat> const& child) {
            return child.spec.number > owner.spec.seats;
        });
    sim.at_most<team, seat>([](converge::object<team> const& owner) {
        return static_cast<std::size_t>(owner.spec.seats);
    });
}

} // namespace

converge::testing::scenario reference_scenario() { return {"reference", declare_reference, 1000}; }

} // namespace simulation_test
