// SPDX-License-Identifier: BSL-1.0

// One object that stands for many: a controller makes a `page` for each page that a `site` wants,
// and takes back those that are too many. Objects that a site owns go when the site goes.

#include <converge/converge.hpp>

#include <cstdio>
#include <string>

struct site {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Site"};
    struct spec {
        int pages = 1;
    };
    struct status {
        int pages = 0;
    };
};
BOOST_DESCRIBE_STRUCT(site::spec, (), (pages))
BOOST_DESCRIBE_STRUCT(site::status, (), (pages))

struct page {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Page"};
    struct spec {
        int number = 0;
    };
};
BOOST_DESCRIBE_STRUCT(page::spec, (), (number))

converge::key<page> page_key(converge::object<site> const& of, int number)
{
    return converge::key<page>{of.metadata.name + "-" + std::to_string(number)};
}

// The `view<page>` makes the control plane keep a cache of all pages. Reading it costs nothing,
// and it always shows what this function itself has written for this site before.
converge::task<converge::outcome> reconcile(converge::client api, converge::object<site> of,
                                            converge::view<page> pages)
{
    // Compare what is wanted with what is there; never remember what was done. So it does not
    // matter why this runs, or how far it came the last time.
    for (int number = 1; number <= of.spec.pages; ++number) {
        if (pages.find(page_key(of, number)))
            continue;
        converge::object<page> missing{page_key(of, number)};
        missing.spec.number = number;
        // The site becomes the owner: this is what `owns` follows, and the garbage collector.
        missing.metadata.owner_references.push_back(converge::controller_reference(of));
        auto const made = co_await api.create(missing);
        std::printf("  created %s\n", made->metadata.name.c_str());
    }
    auto const owned = pages.owned_by(of);
    for (auto const& each : owned) {
        if (each->spec.number <= of.spec.pages)
            continue;
        co_await api.remove(each->key());
        std::printf("  removed %s\n", each->metadata.name.c_str());
    }
    // What was just written shows in the view at the next run, which those writes cause.
    of.status.pages = static_cast<int>(owned.size());
    co_await api.update_status(of);
    co_return converge::settled();
}

converge::task<> want_pages(converge::client api, int count)
{
    std::printf("blog wants pages: %d\n", count);
    converge::object<site> blog{"blog"};
    blog.spec.pages = count;
    co_await api.apply(blog);
    auto const shows_them = [count](auto const& of) { return of.status.pages == count; };
    co_await api.wait_until(blog.key(), shows_them);
}

converge::task<> scenario(converge::client api)
{
    converge::key<site> const blog{"blog"};
    converge::key<page> const second{"blog-2"};

    co_await want_pages(api, 3);

    // Whoever removes a child by hand finds it replaced: `owns` runs the site again.
    auto const old = co_await api.get(second);
    std::puts("someone removes blog-2");
    co_await api.remove(second);
    auto const is_another = [&](auto const& of) { return of.metadata.uid != old->metadata.uid; };
    co_await api.wait_until(second, is_another);

    co_await want_pages(api, 1);

    // Nothing here removes the last page: its owner is gone, so it is garbage.
    std::puts("someone removes blog");
    co_await api.remove(blog);
    co_await api.wait_gone(converge::key<page>{"blog-1"});
    auto const left = co_await api.list<page>();
    std::printf("pages left: %zu\n", left.size());
}

int main()
{
    converge::memory_store store;
    converge::client const api{store};
    converge::controller<site> const sites{reconcile};
    return converge::block_on(
        converge::until(scenario(api), converge::run(api, sites.owns<page>())));
}
