// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include <converge/async/sleep.hpp>
#include <converge/controller/controller.hpp>
#include <converge/controller/finalizing.hpp>
#include <converge/manager/run.hpp>

// A create that nobody waits for any more arrives when its site has been removed and made again.
// The page belongs to the life of the site before this one, so the site, which looks for pages by
// its uid, does not see it, and nobody else does.

namespace {

using namespace converge;
using namespace std::chrono_literals;
using corpus::simulation;

struct site {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Site"};
    struct spec {
        std::string title{};
    };
};
BOOST_DESCRIBE_STRUCT(site::spec, (), (title))

/// Outlives its site unless somebody removes it.
struct page {
    static constexpr kind_name kind{"corpus.converge.dev/v1", "Page"};
    struct spec {
        std::string site{};
        uid life{};
    };
};
BOOST_DESCRIBE_STRUCT(page::spec, (), (site, life))

enum class looks_by { uid, name };

bool looks_at(looks_by what, object<site> const& of, object<page> const& one)
{
    return what == looks_by::uid ? one.spec.life == of.metadata.uid
                                 : one.spec.site == of.metadata.name;
}

task<> remove_it(client api, object_ptr<page> which)
{
    auto const how = write_options{}.only_uid(which->metadata.uid);
    co_await api.remove(which->key(), how);
}

task<outcome> make_page(looks_by what, view<page> pages, client api, object<site> of)
{
    object<page> wanted{of.metadata.name + "-" + of.metadata.uid.str()};
    wanted.spec.site = of.metadata.name;
    wanted.spec.life = of.metadata.uid;
    for (auto const& each : pages.all())
        if (looks_at(what, of, *each) && each->spec.life != of.metadata.uid)
            co_await remove_it(api, each);
    if (!pages.find(wanted.key()))
        co_await api.create(wanted);
    co_return settled();
}

task<outcome> remove_pages(looks_by what, view<page> pages, client api, object<site> of)
{
    bool any = false;
    for (auto const& each : pages.all()) {
        if (!looks_at(what, of, *each))
            continue;
        any = true;
        co_await remove_it(api, each);
    }
    co_return any ? again_in(1s) : settled();
}

controller<site> site_controller(looks_by what)
{
    auto const reconcile = [what](client api, object<site> of, view<page> pages) {
        return finalizing(
            std::move(api), std::move(of), "corpus.converge.dev/pages",
            [what, pages](client on, object<site> one) { return make_page(what, pages, on, one); },
            [what, pages](client on, object<site> one) {
                return remove_pages(what, pages, on, one);
            });
    };
    auto const its_site = [](object<page> const& of) {
        return std::vector<key<site>>{key<site>{of.spec.site}};
    };
    return controller<site>{reconcile}.watches<page>(its_site);
}

task<> make_remove_and_make(client api)
{
    object<site> blog{"blog"};
    blog.spec.title = "Blog";
    co_await api.create(blog);
    co_await sleep_for(10s);
    co_await api.remove(blog.key());
    co_await api.wait_gone(blog.key());
    co_await api.create(blog);
}

std::string no_strays(testing::snapshot const& now)
{
    for (auto const& each : now.all<page>()) {
        auto const of = now.find(key<site>{each->spec.site});
        if (!of || of->metadata.uid != each->spec.life)
            return each->metadata.name + " is of a life of " + each->spec.site + " that is over";
    }
    return {};
}

void declare(simulation& sim, looks_by what)
{
    sim.plane("sites", [what](client api) { return run(api, site_controller(what)); });
    sim.user("user", make_remove_and_make);
    sim.eventually("no page outlives its site", no_strays);
    sim.chance_of(testing::fault_kind::late_request, 0.2);
}

corpus::scenario const wrong{"strays_by_uid", [](simulation& sim) { declare(sim, looks_by::uid); }};
corpus::scenario const right{"strays_by_name",
                             [](simulation& sim) { declare(sim, looks_by::name); }};

} // namespace

TEST_CASE("row 23: a page that is made when its site has gone and come again is found; "
          "a site that looks for pages by its name is not accused")
{
    corpus::holds_in_calm(wrong);
    auto const seeds = corpus::found_within(wrong, 200, {"no page outlives its site"});
    corpus::never_accused(right, 300, seeds);
}
