// SPDX-License-Identifier: BSL-1.0

// A status that people and programs can rely on: conditions. Each says one thing about the object,
// whether it holds, why, since when, and of which wish it speaks.

#include <converge/converge.hpp>

#include <cstdio>
#include <string>
#include <vector>

struct certificate {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Certificate"};
    struct spec {
        std::string domain;
    };
    struct status {
        std::vector<converge::condition> conditions;
    };
};
BOOST_DESCRIBE_STRUCT(certificate::spec, (), (domain))
BOOST_DESCRIBE_STRUCT(certificate::status, (), (conditions))

converge::condition judge(converge::object<certificate> const& of)
{
    converge::condition ready;
    ready.type = "Ready";
    ready.observed_generation = of.metadata.generation;
    bool const complete = of.spec.domain.find('.') != std::string::npos;
    ready.status = complete ? "True" : "False";
    ready.reason = complete ? "Issued" : "DomainIncomplete";
    ready.message = complete ? "issued for " + of.spec.domain
                             : "\"" + of.spec.domain + "\" has no dot; write the whole name";
    return ready;
}

converge::task<converge::outcome> reconcile(converge::client api, converge::object<certificate> of)
{
    auto const where = co_await converge::this_coro::executor;
    auto const now = converge::time_of(where).wall_now();
    // The time of the last transition moves only when the status does. So it may be set every time,
    // and a write that would change nothing is none.
    if (converge::set_condition(of.status.conditions, judge(of), now))
        co_await api.update_status(of);
    co_return converge::settled();
}

// Speaks of what is wanted now, and not of what was wanted before.
bool is_judged(converge::object<certificate> const& of)
{
    auto const* const ready = converge::find_condition(of.status.conditions, "Ready");
    return ready != nullptr && ready->observed_generation == of.metadata.generation;
}

converge::task<converge::condition> ask_for(converge::client api, std::string domain)
{
    converge::object<certificate> wanted{"home"};
    wanted.spec.domain = std::move(domain);
    co_await api.apply(wanted);
    auto const judged = co_await api.wait_until(wanted.key(), is_judged);
    auto const ready = *converge::find_condition(judged->status.conditions, "Ready");
    std::printf("Ready is %s (%s): %s\n", ready.status.c_str(), ready.reason.c_str(),
                ready.message.c_str());
    co_return ready;
}

converge::task<> scenario(converge::client api)
{
    auto const first = co_await ask_for(api, "example");
    auto const second = co_await ask_for(api, "example.org");
    auto const third = co_await ask_for(api, "www.example.org");
    std::printf("became ready: %s\n",
                *first.last_transition_time <= *second.last_transition_time ? "later" : "earlier");
    std::printf("ready since the same moment: %s\n",
                second.last_transition_time == third.last_transition_time ? "yes" : "no");
}

int main()
{
    converge::memory_store store;
    converge::client const api{store};
    converge::controller<certificate> const certificates{reconcile};
    return converge::block_on(converge::until(scenario(api), converge::run(api, certificates)));
}
