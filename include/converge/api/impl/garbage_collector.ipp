// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/garbage_collector.hpp>

#include <converge/api/detail/owner_graph.hpp>
#include <converge/async/race.hpp>
#include <converge/async/sleep.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace converge {

namespace detail {

/// The object of a step as it must be written: it carries the revision that the step saw.
[[nodiscard]] CONVERGE_DECL draft_object after_step(collection_step const& step)
{
    draft_object draft{step.target};
    auto& meta = draft.metadata();
    auto const meant = [&](auto const& owner) { return step.owners.contains(owner.uid); };
    if (step.what == collection_step::act::drop_owners)
        std::erase_if(meta.owner_references, meant);
    if (step.what == collection_step::act::unblock_owners)
        for (auto& owner : meta.owner_references)
            owner.block_owner_deletion = owner.block_owner_deletion && !meant(owner);
    remove_finalizer(meta, step.finalizer);
    return draft;
}

[[nodiscard]] CONVERGE_DECL request request_of(collection_step const& step)
{
    using act = collection_step::act;
    if (step.what != act::remove && step.what != act::remove_foreground)
        return request::write(verb::update, after_step(step), write_options{});
    auto const how =
        step.what == act::remove_foreground ? propagation::foreground : propagation::background;
    auto const& meta = step.target.metadata();
    return request::remove(
        step.target.type(), step.target.key(),
        write_options{}.only_uid(meta.uid).only_revision(meta.resource_version).propagating(how));
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

CONVERGE_DECL void miss(owner_graph& graph, std::string const& key, failure const& why,
                        logger const& log)
{
    if (graph.miss(key))
        log.about(why.object)
            .error("this object cannot be read; until it can, nothing counts as gone that may "
                   "own others",
                   {{"key", key}, {"why", why.what()}});
}

/// The key of the entry at that place of the list of everything: an entry itself does not tell.
[[nodiscard]] CONVERGE_DECL task<std::string> key_at(any_store target, std::size_t place,
                                                     revision at)
{
    list_query until{""};
    until.at = at;
    until.limit = place + 1;
    auto page = co_await target.list(std::move(until));
    co_return std::move(page.last_key);
}

/// Why the object of that entry cannot be put into the graph; nothing if it was.
[[nodiscard]] CONVERGE_DECL std::optional<failure> put_into(owner_graph& graph,
                                                            any_object const& object)
{
    try {
        graph.put(object);
    } catch (error const& unreadable) {
        return unreadable.reason();
    }
    return std::nullopt;
}

CONVERGE_DECL void apply_to(owner_graph& graph, store_event const& event, logger const& log)
{
    try {
        graph.apply(event);
    } catch (error const& unreadable) {
        miss(graph, event.key, unreadable.reason(), log);
    }
}

/// Puts everything there is into an empty graph. @returns as of when.
[[nodiscard]] CONVERGE_DECL task<revision> put_all(owner_graph& graph, any_store target,
                                                   logger const& log)
{
    list_query everything{""};
    auto page = co_await target.list(everything);
    for (std::size_t place = 0; place != page.entries.size(); ++place) {
        if (place + 4 < page.entries.size())
            page.entries[place + 4].value.foresee();
        // Let go at once: later each would have to be fetched again.
        auto const object = std::exchange(page.entries[place].value, any_object{});
        auto const unreadable = put_into(graph, object);
        if (!unreadable)
            continue;
        auto const key = co_await key_at(target, place, page.at);
        miss(graph, key, *unreadable, log);
    }
    co_return page.at;
}

[[nodiscard]] CONVERGE_DECL task<> collect_from_snapshot(transport& through, any_store target,
                                                         logger log)
{
    owner_graph graph;
    auto const begin = co_await put_all(graph, target, log);
    watch_query changes{"", begin};
    auto const stream = target.watch(std::move(changes));
    for (;;) {
        co_await carry_out_all(through, graph);
        auto const batch = co_await next_until(*stream, graph.retry_at());
        auto const present = co_await now();
        graph.resume(present);
        if (!batch)
            continue;
        // Garbage has time: who waits for the same changes goes first.
        co_await yield();
        for (auto const& event : batch->events)
            apply_to(graph, event, log);
    }
}

} // namespace detail

CONVERGE_DECL task<> collect_garbage(transport& through, any_store target, logger log)
{
    for (;;) {
        bool fell_behind = false;
        try {
            co_await detail::collect_from_snapshot(through, target, log);
        } catch (error const& failed) {
            fell_behind = failed.is(errc::gone);
            if (!fell_behind)
                throw;
        }
    }
}

} // namespace converge
