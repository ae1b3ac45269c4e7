// SPDX-License-Identifier: BSL-1.0

// An object that stands for something outside the store, here a bucket of files in a cloud. The
// object must not go before the bucket has gone, or nobody would ever know that it is there.
// A finalizer holds it back, and `finalizing` does the holding.

#include <converge/converge.hpp>

#include <cstdio>
#include <map>
#include <string>
#include <utility>

using namespace std::chrono_literals;

struct bucket {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Bucket"};
    struct spec {
        std::string region;
    };
    struct status {
        bool ready = false;
    };
};
BOOST_DESCRIBE_STRUCT(bucket::spec, (), (region))
BOOST_DESCRIBE_STRUCT(bucket::status, (), (ready))

// Somebody else's system: it knows nothing of objects, owners or finalizers.
struct cloud {
    std::map<std::string, int> files_in;
};

bool ready(converge::object<bucket> const& of)
{
    return of.status.ready;
}

// Called while the object lives. May be cut short anywhere and called again, so every step asks
// first whether it is still to be done.
converge::task<converge::outcome> make(cloud& outside, converge::client api,
                                       converge::object<bucket> of)
{
    if (!outside.files_in.contains(of.metadata.name)) {
        outside.files_in[of.metadata.name] = 0;
        std::printf("  cloud: made bucket %s\n", of.metadata.name.c_str());
    }
    of.status.ready = true;
    co_await api.update_status(of);
    co_return converge::settled();
}

// Called once the object is marked deleted, until it returns `settled()`; then the object goes.
converge::task<converge::outcome> clean_up(cloud& outside, converge::client,
                                           converge::object<bucket> of)
{
    auto const found = outside.files_in.find(of.metadata.name);
    if (found == outside.files_in.end())
        co_return converge::settled();
    if (found->second > 0) {
        std::printf("  cloud: deleted file %d\n", found->second);
        --found->second;
        co_return converge::again_in(10ms);
    }
    outside.files_in.erase(found);
    std::printf("  cloud: deleted bucket %s\n", of.metadata.name.c_str());
    co_return converge::settled();
}

converge::controller<bucket> bucket_controller(cloud& outside)
{
    auto const apply = [&outside](converge::client api, converge::object<bucket> of) {
        return make(outside, std::move(api), std::move(of));
    };
    auto const cleanup = [&outside](converge::client api, converge::object<bucket> of) {
        return clean_up(outside, std::move(api), std::move(of));
    };
    // A plain function that returns a task, not a coroutine: what it captures lives as long as
    // the controller, and so longer than any task.
    return {[apply, cleanup](converge::client api, converge::object<bucket> of) {
        return converge::finalizing(std::move(api), std::move(of), "demo.converge.dev/cloud",
                                    apply, cleanup);
    }};
}

converge::task<> scenario(converge::client api, cloud& outside)
{
    converge::object<bucket> photos{"photos"};
    photos.spec.region = "north";
    std::puts("someone wants a bucket");
    co_await api.apply(photos);
    auto const made = co_await api.wait_until(photos.key(), ready);
    std::printf("it is ready, and held by %s\n", made->metadata.finalizers.front().c_str());

    outside.files_in["photos"] = 2;
    std::puts("someone removes it, with two files in it");
    // Only marks the object: the finalizer keeps it.
    co_await api.remove(photos.key());
    co_await api.wait_gone(photos.key());
    std::printf("it is gone, and the cloud has %zu buckets\n", outside.files_in.size());
}

int main()
{
    cloud outside;
    converge::memory_store store;
    converge::client const api{store};
    auto const buckets = bucket_controller(outside);
    return converge::block_on(
        converge::until(scenario(api, outside), converge::run(api, buckets)));
}
