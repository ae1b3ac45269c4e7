// SPDX-License-Identifier: BSL-1.0
#include <converge/manager/run.hpp>

#include <converge/converge.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <exception>

using namespace converge;

namespace {

struct web {
    static constexpr kind_name kind{"demo.converge.dev/v1", "Web"};
    struct spec {
        int replicas = 1;
    };
};
BOOST_DESCRIBE_STRUCT(web::spec, (), (replicas))

task<outcome> reconcile(client, object<web>) { co_return settled(); }

task<> make(client api)
{
    object<web> const blog{"blog"};
    co_await api.create(blog);
}

} // namespace

TEST_CASE("a context may end while a control plane runs, at any point")
{
    for (int turns = 0; turns < 200; ++turns) {
        CAPTURE(turns);
        memory_store store;
        client const api{store};
        controller<web> const sites{reconcile};
        boost::asio::io_context context{1};
        int ended = 0;
        auto const count = [&ended](std::exception_ptr) { ++ended; };
        boost::asio::co_spawn(context, run(api, sites), count);
        boost::asio::co_spawn(context, make(api), count);
        for (int i = 0; i < turns; ++i)
            context.poll_one();
        CHECK(ended <= 1);
    }
}
