// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/garbage_collector.hpp>

#include <converge/api/detail/owner_graph.hpp>
#include <converge/async/race.hpp>
#include <converge/async/sleep.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace converge {

namespace detail {

/// The object of a step as it must be written: it carries the revision that the step saw.
[[nodiscard]] CONVERGE_DECL draft_object after_step(collection_step const& step)
{
    draft_object draft{step.target};
    auto& meta = draft.metadata();
    std::erase_if(meta.owner_references,
                  [&](auto const& owner) { return step.owners.contains(owner.uid); });
    remove_finalizer(meta, step.finalizer);
    return draft;
}

[[nodiscard]] CONVERGE_DECL request request_of(collection_step const& step)
{
    using act = collection_step::act;
    if (step.what == act::drop_owners || step.what == act::drop_finalizer)
        return request::write(verb::update, after_step(step), write_options{});
    auto const how = step.what == act::remove_foreground ? propagation::foreground
                                                         : propagation::background;
    auto const& meta = step.target.metadata();
    return request::remove(step.target.type(), step.target.key(),
                           write_options{}.only_uid(meta.uid).propagating(how));
}

/// Carries a step out. @returns false if it was refused and must be tried again later.
[[nodiscard]] CONVERGE_DECL task<bool> carry_out(transport& through, collection_step step)
{
    std::optional<failure> refused;
    try {
        co_await through.send(request_of(step));
    } catch (error const& failed) {
        refused = failed.reason();
    }
    // Changed or gone meanwhile: the event that says so decides anew.
    co_return !refused || refused->is(errc::not_found) || refused->is(errc::conflict);
}

[[nodiscard]] CONVERGE_DECL task<> carry_out_all(transport& through, owner_graph& graph)
{
    constexpr auto pause = std::chrono::seconds{1};
    while (graph.dirty()) {
        for (auto& step : graph.next_steps()) {
            auto const cause = step.cause;
            bool const settled = co_await carry_out(through, std::move(step));
            auto const present = co_await now();
            if (!settled)
                graph.postpone(cause, present + pause);
        }
    }
}

/// The next changes; nothing if `due` comes first.
[[nodiscard]] CONVERGE_DECL task<std::optional<watch_batch>> next_until(watch_stream& stream,
                                                                        std::optional<instant> due)
{
    std::optional<watch_batch> batch;
    if (due)
        static_cast<void>(co_await race(store_result(stream.next(), batch), sleep_until(*due)));
    else
        batch = co_await stream.next();
    co_return batch;
}

[[nodiscard]] CONVERGE_DECL task<> collect_from_snapshot(transport& through, any_store target)
{
    owner_graph graph;
    list_query everything{""};
    auto const page = co_await target.list(everything);
    for (auto const& entry : page.entries)
        graph.put(entry.value);
    watch_query changes{"", page.at};
    auto const stream = target.watch(std::move(changes));
    for (;;) {
        co_await carry_out_all(through, graph);
        auto const batch = co_await next_until(*stream, graph.retry_at());
        auto const present = co_await now();
        graph.resume(present);
        if (!batch)
            continue;
        for (auto const& event : batch->events)
            graph.apply(event);
    }
}

} // namespace detail

CONVERGE_DECL task<> collect_garbage(transport& through, any_store target)
{
    for (;;) {
        bool fell_behind = false;
        try {
            co_await detail::collect_from_snapshot(through, target);
        } catch (error const& failed) {
            fell_behind = failed.is(errc::gone);
            if (!fell_behind)
                throw;
        }
    }
}

} // namespace converge
