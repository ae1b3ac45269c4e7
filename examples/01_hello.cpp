#include <converge/converge.hpp>
#include <cstdio>
using namespace std::chrono_literals;

struct web {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Web"};
    struct spec   { std::string image; int replicas = 1; };
    struct status { int ready = 0; };
};
BOOST_DESCRIBE_STRUCT(web::spec, (), (image, replicas))
BOOST_DESCRIBE_STRUCT(web::status, (), (ready))

bool ready(converge::object<web> const& site) { return site.status.ready == site.spec.replicas; }

converge::task<converge::outcome> reconcile(converge::client api, converge::object<web> site)
{
    if (ready(site))
        co_return converge::settled();
    site.status.ready += site.status.ready < site.spec.replicas ? 1 : -1;
    co_await api.update_status(site);
    co_return converge::again_in(10ms);
}

converge::task<> scenario(converge::client api)
{
    converge::object<web> const blog{"blog", {.image = "blog:1", .replicas = 3}};
    co_await api.apply(blog);
    co_await api.wait_until(blog.key(), ready);
    std::puts("converged");
}

int main()
{
    converge::memory_store store;
    converge::client const api{store};
    converge::controller<web> const sites{reconcile};
    return converge::block_on(converge::until(scenario(api), converge::run(api, sites)));
}
