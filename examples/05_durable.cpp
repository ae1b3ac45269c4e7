// SPDX-License-Identifier: BSL-1.0
//
// The state outlives the process. The controller of 01_hello, unchanged, on a store that writes to
// a file before anybody sees what was written: started again, it goes on where it was.
#include <converge/converge.hpp>
#include <converge/store/sqlite_store.hpp>

#include <cstdio>
#include <filesystem>
#include <string>
using namespace std::chrono_literals;

struct web {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Web"};
    struct spec {
        std::string image;
        int replicas = 1;
    };
    struct status {
        int ready = 0;
    };
};
BOOST_DESCRIBE_STRUCT(web::spec, (), (image, replicas))
BOOST_DESCRIBE_STRUCT(web::status, (), (ready))

converge::task<converge::outcome> reconcile(converge::client api, converge::object<web> site)
{
    if (site.status.ready == site.spec.replicas)
        co_return converge::settled();
    site.status.ready += site.status.ready < site.spec.replicas ? 1 : -1;
    co_await api.update_status(site);
    std::printf("  %d of %d ready\n", site.status.ready, site.spec.replicas);
    co_return converge::again_in(10ms);
}

bool ready(converge::object<web> const& site) { return site.status.ready == site.spec.replicas; }

converge::task<> ask_for(converge::client api, int replicas)
{
    converge::object<web> const blog{"blog", {.image = "blog:1", .replicas = replicas}};
    co_await api.apply(blog);
    co_await api.wait_until(blog.key(), ready);
}

/// One life of the program, from opening the file to what was asked for.
void live(std::string const& file, int replicas)
{
    converge::sqlite_store store{file, converge::resource_types<web>()};
    std::printf("opened with %zu objects; %d replicas are asked for\n", store.stats().keys, replicas);
    converge::client const api{store};
    auto const sites = converge::controller<web>{reconcile};
    converge::block_on(converge::until(ask_for(api, replicas), converge::run(api, sites)));
}

int main()
{
    auto const folder = std::filesystem::temp_directory_path() / "converge-durable";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    auto const file = (folder / "state.db").string();
    live(file, 2);
    std::puts("the process ends here; kill -9 or a power failure would do no harm either");
    live(file, 4);
    std::puts("converged");
    std::filesystem::remove_all(folder);
}
