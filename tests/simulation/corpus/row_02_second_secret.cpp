// SPDX-License-Identifier: BSL-1.0

// Two secrets belong together, and the first is taken as the sign that both are there. If the maker
// is cut short between them, the second is never made, and the site runs without it.

#include "corpus.hpp"

using namespace converge;
using namespace corpus;
using namespace std::chrono_literals;

namespace {

struct site {
    static constexpr kind_name kind{"corpus.test/v1", "Site"};
    struct spec {
        std::string host;
    };
    struct status {
        bool encrypted = false;
        bool running = false;
    };
};
BOOST_DESCRIBE_STRUCT(site::spec, (), (host))
BOOST_DESCRIBE_STRUCT(site::status, (), (encrypted, running))

struct certificate {
    static constexpr kind_name kind{"corpus.test/v1", "Certificate"};
    struct spec {
        std::string host;
    };
};
BOOST_DESCRIBE_STRUCT(certificate::spec, (), (host))

key<certificate> inner_key(object<site> const& of)
{
    return key<certificate>{of.metadata.name + "-inner"};
}

key<certificate> outer_key(object<site> const& of)
{
    return key<certificate>{of.metadata.name + "-outer"};
}

task<> make_certificate(client api, object<site> of, key<certificate> id)
{
    object<certificate> missing{std::move(id)};
    missing.spec.host = of.spec.host;
    missing.metadata.owner_references.push_back(controller_reference(of));
    co_await api.create(missing);
}

template <twin T>
task<outcome> secure(client api, object<site> of, view<certificate> certificates)
{
    bool const lacks_inner = certificates.find(inner_key(of)) == nullptr;
    bool const lacks_outer =
        T == twin::wrong ? lacks_inner : certificates.find(outer_key(of)) == nullptr;
    if (lacks_inner)
        co_await make_certificate(api, of, inner_key(of));
    if (lacks_outer)
        co_await make_certificate(api, of, outer_key(of));
    if (lacks_inner || lacks_outer)
        co_return settled();
    of.status.running = true;
    of.status.encrypted = certificates.find(outer_key(of)) != nullptr;
    co_await api.update_status(of);
    co_return settled();
}

task<> open_sites(client api)
{
    for (auto const* name : {"blog", "shop"}) {
        object<site> wanted{name};
        wanted.spec.host = name;
        co_await api.create(wanted);
        co_await sleep_for(10s);
    }
}

template <twin T>
void declare(simulation& sim)
{
    sim.plane("controllers", [](client api) {
        controller<site> const sites{secure<T>};
        return run(std::move(api), sites.template owns<certificate>());
    });
    sim.user("user", open_sites);
    sim.same_end_without_faults();
}

scenario const wrong{"row_02_wrong", declare<twin::wrong>};
scenario const right{"row_02_right", declare<twin::right>};

} // namespace

TEST_CASE("row 2: a second secret that is never made is found; "
          "two secrets that are looked for one by one are not accused")
{
    holds_in_calm(wrong);
    auto const seeds = found_within(wrong, 200, {"it ends as without faults"});
    never_accused(right, 100, seeds);
}
