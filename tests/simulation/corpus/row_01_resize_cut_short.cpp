// SPDX-License-Identifier: BSL-1.0

// A resize takes two writes, and the first of them is also the sign that none is needed. If it is
// cut short between the two, the second is never made.

#include "corpus.hpp"

using namespace converge;
using namespace corpus;
using namespace std::chrono_literals;

namespace {

struct database {
    static constexpr kind_name kind{"corpus.test/v1", "Database"};
    struct spec {
        int gigabytes = 1;
    };
};
BOOST_DESCRIBE_STRUCT(database::spec, (), (gigabytes))

struct server {
    static constexpr kind_name kind{"corpus.test/v1", "Server"};
    struct spec {
        int gigabytes = 1;
    };
};
BOOST_DESCRIBE_STRUCT(server::spec, (), (gigabytes))

struct volume {
    static constexpr kind_name kind{"corpus.test/v1", "Volume"};
    struct spec {
        int gigabytes = 1;
    };
};
BOOST_DESCRIBE_STRUCT(volume::spec, (), (gigabytes))

template <class Part>
task<> make_part(client api, object<database> of)
{
    object<Part> missing{of.metadata.name};
    missing.spec.gigabytes = of.spec.gigabytes;
    missing.metadata.owner_references.push_back(controller_reference(of));
    co_await api.create(missing);
}

template <class Part>
task<> resize_part(client api, object<Part> part, int gigabytes)
{
    part.spec.gigabytes = gigabytes;
    co_await api.update(part);
}

template <twin T>
task<outcome> resize(client api, object<database> of, view<server> servers, view<volume> volumes)
{
    auto const size = of.spec.gigabytes;
    auto const server_there = servers.find(key<server>{of.metadata.name});
    auto const volume_there = volumes.find(key<volume>{of.metadata.name});
    if (!volume_there)
        co_await make_part<volume>(api, of);
    if (!server_there)
        co_await make_part<server>(api, of);
    if (!volume_there || !server_there)
        co_return settled();
    bool const server_differs = server_there->spec.gigabytes != size;
    bool const volume_differs =
        T == twin::wrong ? server_differs : volume_there->spec.gigabytes != size;
    if (server_differs)
        co_await resize_part(api, *server_there, size);
    if (volume_differs)
        co_await resize_part(api, *volume_there, size);
    co_return settled();
}

task<> grow(client api)
{
    object<database> wanted{"accounts"};
    auto const made = co_await api.create(wanted);
    co_await sleep_for(20s);
    wanted.spec.gigabytes = 2;
    co_await api.update(wanted);
}

std::string every_volume_is_as_asked(snapshot const& now)
{
    for (auto const& each : now.all<database>()) {
        auto const there = now.find(key<volume>{each->metadata.name});
        if (!there || there->spec.gigabytes != each->spec.gigabytes)
            return "the volume of " + to_string(each->key());
    }
    return {};
}

template <twin T>
void declare(simulation& sim)
{
    sim.plane("controllers", [](client api) {
        controller<database> const databases{resize<T>};
        return run(std::move(api), databases.template owns<server>().template owns<volume>());
    });
    sim.user("user", grow);
    sim.eventually("every volume has the size that was asked for", every_volume_is_as_asked);
}

scenario const wrong{"row_01_wrong", declare<twin::wrong>};
scenario const right{"row_01_right", declare<twin::right>};

} // namespace

TEST_CASE("row 1: a resize that is cut short between its two writes is found; "
          "a resize whose writes are decided one by one is not accused")
{
    holds_in_calm(wrong);
    auto const seeds = found_within(wrong, 200, {"every volume has the size that was asked for"});
    never_accused(right, 100, seeds);
}
