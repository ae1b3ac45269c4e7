// SPDX-License-Identifier: BSL-1.0

// A vault is deleted and made again under the same name. Who reads old state, or whose request
// arrives late, cleans up after the first, by name: and destroys what belongs to the second.

#include "corpus.hpp"

#include <converge/model/finalizers.hpp>

using namespace converge;
using namespace corpus;
using namespace std::chrono_literals;

namespace {

inline constexpr char const* keeps_data = "corpus.test/data";

struct vault {
    static constexpr kind_name kind{"corpus.test/v1", "Vault"};
    struct spec {
        int gigabytes = 1;
    };
};
BOOST_DESCRIBE_STRUCT(vault::spec, (), (gigabytes))

struct volume {
    static constexpr kind_name kind{"corpus.test/v1", "Volume"};
    struct spec {
        int gigabytes = 1;
    };
};
BOOST_DESCRIBE_STRUCT(volume::spec, (), (gigabytes))

template <twin T>
task<> remove_data(client api, object<vault> of, view<volume> volumes)
{
    auto const there = volumes.find(key<volume>{of.metadata.name});
    if (!there)
        co_return;
    write_options how;
    if (T == twin::right) {
        if (!is_owned_by(there->metadata, of.metadata.uid))
            co_return;
        how = write_options{}.only_uid(there->metadata.uid);
    }
    co_await api.remove(there->key(), how);
}

task<> make_data(client api, object<vault> of)
{
    // What is made for one that is gone is garbage at once, and would be made again and again.
    auto const now = co_await api.find(of.key());
    if (!now || now->metadata.uid != of.metadata.uid)
        co_return;
    object<volume> missing{of.metadata.name};
    missing.spec.gigabytes = of.spec.gigabytes;
    missing.metadata.owner_references.push_back(controller_reference(of));
    co_await api.create(missing);
}

template <twin T>
task<outcome> keep_data(client api, object<vault> of, view<volume> volumes)
{
    if (of.metadata.being_deleted()) {
        co_await remove_data<T>(api, of, volumes);
        if (remove_finalizer(of.metadata, keeps_data))
            co_await api.update(of);
        co_return settled();
    }
    if (add_finalizer(of.metadata, keeps_data)) {
        co_await api.update(of);
        co_return settled();
    }
    if (!volumes.find(key<volume>{of.metadata.name}))
        co_await make_data(api, of);
    co_return settled();
}

task<> make_anew(client api)
{
    auto const names = {"letters", "photos", "music"};
    for (std::string const name : names) {
        object<vault> const wanted{name};
        co_await api.create(wanted);
    }
    for (int round = 0; round < 2; ++round)
        for (std::string const name : names) {
            object<vault> const wanted{name};
            co_await sleep_for(5s);
            co_await api.remove(wanted.key());
            co_await api.wait_gone(wanted.key());
            co_await api.create(wanted);
        }
}

template <twin T>
void declare(simulation& sim)
{
    without<T>(sim, {fault_kind::late_request});
    sim.plane("controllers", [](client api) {
        controller<vault> const vaults{keep_data<T>};
        return run(std::move(api), vaults.template owns<volume>());
    });
    sim.user("user", make_anew);
}

scenario const wrong{"row_05_wrong", declare<twin::wrong>};
scenario const right{"row_05_right", declare<twin::right>};

} // namespace

TEST_CASE("row 5: cleaning up by name, after somebody who is gone, is found; "
          "cleaning up by uid is not accused")
{
    holds_in_calm(wrong);
    auto const seeds = found_within(wrong, 1000, {"touches only what is its own"});
    never_accused(right, 50, seeds);
}
