// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a watch delivered, and whether it is what it should have delivered.

#include "store_model.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace store_test {

/// One batch, and the place that it left the watch at.
struct delivery {
    std::vector<model_event> events;
    converge::revision through{};
};

/// All that one watch delivered, from its start on.
struct watch_log {
    std::string prefix;
    converge::revision after{};
    std::size_t batch_max = 0;
    std::vector<delivery> deliveries;

    [[nodiscard]] converge::revision through() const
    {
        return deliveries.empty() ? after : deliveries.back().through;
    }

    void add(converge::watch_batch const& batch)
    {
        deliveries.push_back({to_model(batch.events), batch.through});
    }
};

/// Whether every batch holds exactly what the model says happened between the place before it and
/// its own: in order, once, nothing left out, with what was there before, no revision split, and
/// no place claimed that was not reached. Batches hold no more than they should, but for the rest
/// of the last revision.
[[nodiscard]] inline bool agrees(watch_log const& log, store_model const& model)
{
    auto place = log.after;
    for (auto const& [events, through] : log.deliveries) {
        if (events.empty() || through < place || through > model.newest() ||
            events != model.events(log.prefix, place, through))
            return false;
        auto const before_last = std::ranges::count_if(
            events, [&](model_event const& each) { return each.at < events.back().at; });
        if (static_cast<std::size_t>(before_last) >= std::max<std::size_t>(log.batch_max, 1))
            return false;
        place = through;
    }
    return true;
}

/// A snapshot that a watcher went on from.
struct list_log {
    std::string prefix;
    converge::revision at{};
    store_model::entries entries;
};

[[nodiscard]] inline bool agrees(list_log const& log, store_model const& model)
{
    return log.entries == model.list(log.prefix, log.at);
}

/// Lists in pages, all of one revision. @throws errc::gone if the history leaves it behind.
[[nodiscard]] inline list_log list_in_pages(session& user, std::string prefix, std::size_t limit)
{
    list_log log{std::move(prefix), {}, {}};
    converge::list_query query{log.prefix};
    query.limit = limit;
    for (bool more = true; more;) {
        auto const page = user.list(query);
        more = page.more;
        log.at = query.at = page.at;
        query.after = page.last_key;
        log.entries.merge(to_model(page));
    }
    return log;
}

} // namespace store_test
