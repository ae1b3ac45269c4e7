// SPDX-License-Identifier: BSL-1.0

// Who is served first, if there is more to do than time. What is urgent goes before what is not, and
// tenants take turns; but nobody waits for ever.

#include <converge/converge.hpp>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

struct job {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Job"};
    struct spec {
        bool urgent = false;
    };
};
BOOST_DESCRIBE_STRUCT(job::spec, (), (urgent))

converge::task<converge::outcome> work(std::vector<std::string>& done, converge::object<job> of)
{
    done.push_back(of.metadata.namespace_ + "/" + of.metadata.name);
    co_return converge::settled();
}

converge::task<> submit(converge::client api, std::string tenant, std::string name, bool urgent)
{
    converge::object<job> made{converge::key<job>{converge::in_namespace{tenant}, name}};
    made.spec.urgent = urgent;
    co_await api.apply(made);
}

// Until every job was done.
converge::task<> wait_for(std::vector<std::string>& done, std::size_t jobs)
{
    while (done.size() < jobs)
        co_await converge::yield();
}

converge::task<> submit_all(converge::client api)
{
    for (int number = 1; number <= 6; ++number)
        co_await submit(api, "big", "report-" + std::to_string(number), false);
    co_await submit(api, "small", "letter", false);
    co_await submit(api, "big", "alarm", true);
}

int run_jobs(converge::client api, converge::controller<job> const& jobs,
             std::vector<std::string>& done)
{
    done.clear();
    int const ended =
        converge::block_on(converge::until(wait_for(done, 8), converge::run(api, jobs)));
    for (auto const& each : done)
        std::printf("  %s\n", each.c_str());
    return ended;
}

int main()
{
    converge::memory_store store;
    converge::client const api{store};
    if (converge::block_on(submit_all(api)) != 0)
        return 1;
    std::vector<std::string> done;
    converge::controller<job> const jobs{
        [&done](converge::client, converge::object<job> of) { return work(done, std::move(of)); }};

    std::puts("as they are found:");
    if (run_jobs(api, jobs, done) != 0)
        return 1;

    std::puts("urgent ones first, and tenants in turn:");
    auto const urgency = [](converge::object<job> const& of) { return of.spec.urgent ? 10 : 0; };
    return run_jobs(api, jobs.prioritized(urgency).fair_among_namespaces(), done);
}
