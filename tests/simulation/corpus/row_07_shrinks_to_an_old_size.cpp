// SPDX-License-Identifier: BSL-1.0

// A server cannot be resized while it runs, so it is made anew with more space. Who reads an old
// size and takes "another size" for "a larger one" tears a server down to make a smaller one.

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

task<> make_server(client api, object<database> of)
{
    object<server> missing{of.metadata.name};
    missing.spec.gigabytes = of.spec.gigabytes;
    missing.metadata.owner_references.push_back(controller_reference(of));
    co_await api.create(missing);
}

template <twin T>
task<outcome> resize(client api, object<database> of)
{
    // What is desired is as old as the cache; the server is asked for as it is.
    auto const there = co_await api.find(key<server>{of.metadata.name});
    bool const must_go = there && (T == twin::wrong ? there->spec.gigabytes != of.spec.gigabytes
                                                    : there->spec.gigabytes < of.spec.gigabytes);
    if (must_go)
        co_await api.remove(there->key(), write_options{}.only_uid(there->metadata.uid));
    if (must_go || !there)
        co_await make_server(api, of);
    co_return settled();
}

task<> grow(client api)
{
    for (int size = 1; size <= 8; ++size)
        for (auto const* name : {"accounts", "orders", "stock"}) {
            object<database> wanted{name};
            wanted.spec.gigabytes = size;
            co_await api.apply(wanted);
            co_await sleep_for(5s);
        }
}

template <twin T>
void declare(simulation& sim)
{
    sim.plane("controllers", [](client api) {
        controller<database> const databases{resize<T>};
        return run(std::move(api), databases.template owns<server>());
    });
    sim.user("user", grow);
    sim.removes_only_if<database, server>(
        [](object<database> const& of, object<server> const& gone) {
            return of.spec.gigabytes > gone.spec.gigabytes;
        });
}

scenario const wrong{"row_07_wrong", declare<twin::wrong>};
scenario const right{"row_07_right", declare<twin::right>};

} // namespace

TEST_CASE("row 7: a server that is torn down to an old size is found; "
          "a server that only grows is not accused")
{
    holds_in_calm(wrong);
    auto const seeds =
        found_within(wrong, 1000, {"removes only what some version of the owner allows"});
    never_accused(right, 50, seeds);
}
