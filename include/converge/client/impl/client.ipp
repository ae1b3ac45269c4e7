// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/client.hpp>

#include <converge/api/api.hpp>
#include <converge/client/event_writer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace converge {

namespace detail {

[[nodiscard]] CONVERGE_DECL task<any_object> exchange(std::shared_ptr<transport> through,
                                                      std::shared_ptr<write_log> log, request asked)
{
    auto const what = asked.what();
    auto const answer = co_await through->send(std::move(asked));
    if (what != verb::get && log != nullptr && answer.at())
        log->wrote(what, answer.object(), answer.at());
    co_return answer.object();
}

/// As `exchange`, for what is asked in the name of a leader.
[[nodiscard]] CONVERGE_DECL task<any_object> fenced_exchange(std::shared_ptr<leadership> term,
                                                             std::shared_ptr<transport> through,
                                                             std::shared_ptr<write_log> log,
                                                             request asked)
{
    auto fence = term->fence();
    auto fenced = std::move(asked).fenced_by(std::move(fence));
    try {
        co_return co_await exchange(std::move(through), std::move(log), std::move(fenced));
    } catch (error const& failed) {
        if (failed.is(errc::fenced))
            term->end(failed.reason());
        throw;
    }
}

[[nodiscard]] CONVERGE_DECL task<response> list(std::shared_ptr<transport> through, request asked)
{
    co_return co_await through->send(std::move(asked));
}

/// @throws errc::not_found if there was nothing to find.
[[nodiscard]] CONVERGE_DECL task<any_object> present(task<any_object> search, object_ref about)
{
    auto found = co_await std::move(search);
    if (!found) {
        failure absent{errc::not_found, "there is no such object"};
        throw error{std::move(absent).about(std::move(about))};
    }
    co_return found;
}

[[nodiscard]] CONVERGE_DECL task<> finished(task<any_object> search) { co_await std::move(search); }

/// Nothing if the watch fell behind and must start again.
[[nodiscard]] CONVERGE_DECL task<std::optional<any_object>>
watch_for(std::shared_ptr<transport> through, resource_type const& type, object_key id,
          std::function<bool(any_object const&)> const& holds)
{
    list_options here{in_namespace{id.namespace_}};
    auto const start = co_await through->send(request::list(type, std::move(here)));
    any_object found;
    for (auto const& item : start.items())
        if (item.key() == id)
            found = item;
    if (holds(found))
        co_return found;
    auto const stream = through->watch(watch_request{type, start.at(), id.namespace_});
    try {
        for (;;) {
            auto const batch = co_await stream->next();
            for (auto const& event : batch.events) {
                auto const& seen = event.current ? event.current : event.previous;
                if (seen.key() == id && holds(event.current))
                    co_return event.current;
            }
        }
    } catch (error const& failed) {
        if (!failed.is(errc::gone))
            throw;
    }
    co_return std::nullopt;
}

[[nodiscard]] CONVERGE_DECL task<any_object> wait_for(std::shared_ptr<transport> through,
                                                      resource_type const& type, object_key id,
                                                      std::function<bool(any_object const&)> holds)
{
    for (;;) {
        auto found = co_await watch_for(through, type, id, holds);
        if (found)
            co_return *std::move(found);
    }
}

} // namespace detail

CONVERGE_DECL client::client(any_store target) : client{std::make_shared<api>(std::move(target))} {}

CONVERGE_DECL client::client(std::shared_ptr<transport> through)
{
    auto made = std::make_shared<parts>();
    made->through = std::move(through);
    made->events = std::make_shared<event_writer>();
    parts_ = std::move(made);
}

CONVERGE_DECL write_options client::named(write_options how) const
{
    return how.manager().empty() ? std::move(how).as(parts_->manager) : std::move(how);
}

CONVERGE_DECL task<any_object> client::exchange(request asked) const
{
    auto whole = std::move(asked).from(origin_);
    if (parts_->term == nullptr || whole.what() == verb::get)
        return detail::exchange(parts_->through, parts_->log, std::move(whole));
    return detail::fenced_exchange(parts_->term, parts_->through, parts_->log, std::move(whole));
}

CONVERGE_DECL task<any_object> client::write_any(verb what, draft_object body,
                                                 write_options how) const
{
    return exchange(request::write(what, std::move(body), named(std::move(how))));
}

CONVERGE_DECL task<any_object> client::find_any(resource_type const& type, object_key id) const
{
    return exchange(request::get(type, std::move(id)));
}

CONVERGE_DECL task<any_object> client::get_any(resource_type const& type, object_key id) const
{
    auto asked = request::get(type, std::move(id));
    auto about = asked.ref();
    return detail::present(exchange(std::move(asked)), std::move(about));
}

CONVERGE_DECL task<response> client::list_any(resource_type const& type, list_options which) const
{
    return detail::list(parts_->through, request::list(type, std::move(which)).from(origin_));
}

CONVERGE_DECL task<any_object> client::merge_any(resource_type const& type, object_key id,
                                                 boost::json::value document,
                                                 write_options how) const
{
    return exchange(request::patch(verb::patch, type, std::move(id), patch_format::merge,
                                   std::move(document), named(std::move(how))));
}

CONVERGE_DECL task<any_object> client::remove_any(resource_type const& type, object_key id,
                                                  write_options how) const
{
    return exchange(request::remove(type, std::move(id), std::move(how)));
}

CONVERGE_DECL task<any_object> client::renew_any(resource_type const& type, object_key id,
                                                 write_options how) const
{
    return exchange(request::renew(type, std::move(id), std::move(how)));
}

CONVERGE_DECL task<> client::wait_gone_any(resource_type const& type, object_key id) const
{
    check_object const absent = [](any_object const& now) { return !now; };
    return detail::finished(wait_for(type, std::move(id), absent));
}

CONVERGE_DECL task<any_object> client::wait_for(resource_type const& type, object_key id,
                                                check_object holds) const
{
    auto const asked = request::get(type, std::move(id));
    return detail::wait_for(parts_->through, type, asked.key(), std::move(holds));
}

CONVERGE_DECL task<> client::record(std::string api_version, object_ref about, uid life,
                                    std::string type, std::string reason, std::string message) const
{
    event_fact fact{std::move(about),  std::move(life),    std::move(type),
                    std::move(reason), std::move(message), parts_->manager};
    return event_writer::write(parts_->events, parts_->through, std::move(api_version),
                               std::move(fact));
}

} // namespace converge
