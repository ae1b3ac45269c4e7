// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/run_recorder.hpp>

namespace converge::detail {

CONVERGE_DECL void run_recorder::began(worker const& run)
{
    if (!on())
        return;
    auto& now = running_[run.next.key];
    now = {};
    if (auto const found = waiting_.find(run.next.key); found != waiting_.end()) {
        now = std::move(found->second);
        waiting_.erase(found);
    }
    // What the queue itself decides, a retry or a requeue, comes by no other way.
    for (auto const kind : {cause_kind::retry, cause_kind::requeue})
        if (run.next.causes.contains(kind)) {
            now.first.emplace_back(kind);
            ++now.second;
        }
}

CONVERGE_DECL void run_recorder::ended(worker const& run, std::string_view result, std::string why,
                                       instant at)
{
    if (!on())
        return;
    reconcile_record made;
    made.controller = controller_;
    made.about = run.object.ref();
    auto causes = running_.extract(run.next.key);
    if (!causes.empty()) {
        made.causes = std::move(causes.mapped().first);
        made.cause_count = causes.mapped().second;
    }
    made.seen = run.object.metadata().resource_version;
    made.attempt = run.next.attempt;
    made.began = run.began;
    made.took = at - run.began;
    made.result = result;
    made.why = std::move(why);
    for (auto const& each : run.writes->notes())
        made.writes.push_back({std::string{to_string(each.what)}, each.object.ref(), each.at});
    into_->add(std::move(made));
}

} // namespace converge::detail
