// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/manager/detail/plane.hpp>

#include <converge/async/time_service.hpp>
#include <converge/core/object_ref.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace converge::detail {

CONVERGE_DECL plane::plane(client api, std::vector<controller_spec> specs, run_options const& how,
                           executor where)
    : where_{std::move(where)},
      caches_{api.through(), how.context().log().in("cache")}
{
    if (how.context().metrics())
        caches_.measured_by(*how.context().metrics());
    if (how.election())
        election_.emplace(api, *how.election(), how.context());
    for (auto& spec : specs) {
        if (how.reports())
            work_.follow(spec);
        add(std::move(spec), api, how.context());
    }
}

CONVERGE_DECL plane::~plane() = default;

CONVERGE_DECL void plane::add(controller_spec spec, client const& api,
                              control_context const& context)
{
    bool const waits = election_ && spec.leader_only;
    auto& list = waits ? leaders_loops_ : loops_;
    list.push_back(std::make_unique<controller_loop>(
        std::move(spec), waits ? api.fenced_by(election_->term()) : api, caches_, context));
    list.back()->connect();
}

CONVERGE_DECL task<> plane::wait_synced()
{
    for (auto const& [name, cache] : caches_.all())
        co_await cache->wait_synced();
}

CONVERGE_DECL void plane::abandon()
{
    for (auto const* const list : {&loops_, &leaders_loops_})
        for (auto const& loop : *list)
            loop->abandon();
}

CONVERGE_DECL void plane::tell_live(health_report& into, duration patience) const
{
    using seconds = std::chrono::duration<double>;
    auto const present = time_of(where_).now();
    std::string stuck;
    for (auto const& run : work_.now()) {
        auto const limit = run.limit ? *run.limit * 2 + std::chrono::seconds{30} : patience;
        auto const taken = present - run.began;
        if (taken <= limit)
            continue;
        stuck = run.controller + " has been reconciling " + to_string(run.about) + " for " +
                std::to_string(seconds{taken}.count()) + " s";
        break;
    }
    into.add("reconciles", std::move(stuck));
    if (!election_)
        return;
    std::string late;
    auto const& renewals = election_->renewals();
    if (election_->term()->lasts() &&
        renewals->since_renewal(present) > election_->how().lease_duration())
        late = "the lease has not been renewed for " +
               std::to_string(seconds{renewals->since_renewal(present)}.count()) + " s";
    into.add("leadership", std::move(late));
}

CONVERGE_DECL void plane::tell_ready(health_report& into) const
{
    std::string missing;
    for (auto const& [name, cache] : caches_.all()) {
        if (cache->synced())
            continue;
        auto const& why = cache->last_failure();
        missing += (missing.empty() ? "" : "; ") + name + " is not synced" +
                   (why.code ? ": " + why.what() : "");
    }
    into.add("caches", std::move(missing));
    if (election_)
        into.add("leadership", election_->leader().empty() ? "it is not known who leads" : "");
}

} // namespace converge::detail
