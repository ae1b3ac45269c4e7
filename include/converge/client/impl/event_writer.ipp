// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/event_writer.hpp>

#include <converge/async/time_service.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/failure.hpp>

#include <chrono>
#include <mutex>
#include <optional>
#include <utility>

namespace converge {

CONVERGE_DECL task<> event_writer::write(std::shared_ptr<event_writer> by,
                                         std::shared_ptr<transport> through,
                                         std::string api_version, event_fact fact)
{
    auto const where = co_await this_coro::executor;
    auto const record = by->record(std::move(fact), time_of(where).wall_now());
    if (!record)
        co_return;
    auto fresh = describe(*record, std::move(api_version));
    auto const key = fresh.key();
    bool const exists = record->write == event_write::update || !co_await create(through, fresh);
    if (exists)
        co_await raise(std::move(through), key, std::move(fresh), record->write);
}

CONVERGE_DECL std::optional<event_record> event_writer::record(event_fact fact, timestamp now)
{
    std::lock_guard const lock{mutex_};
    return recorder_.record(std::move(fact), now);
}

CONVERGE_DECL object<event> event_writer::describe(event_record const& record, std::string api_version)
{
    auto const& about = record.fact.object;
    auto const space = about.namespace_.empty() ? default_namespace : about.namespace_.c_str();
    object<event> made{key<event>{in_namespace{space}, record.name}};
    auto& content = made.content;
    content.involved_object.api_version = std::move(api_version);
    content.involved_object.kind = about.kind;
    content.involved_object.namespace_ = about.namespace_;
    content.involved_object.name = about.name;
    content.involved_object.uid = record.fact.uid;
    content.reason = record.fact.reason;
    content.message = record.fact.message;
    content.type = record.fact.type;
    content.count = static_cast<int>(record.count);
    content.first_timestamp = record.first;
    content.last_timestamp = record.last;
    content.source.component = record.fact.component;
    content.reporting_component = record.fact.component;
    return made;
}

CONVERGE_DECL task<bool> event_writer::create(std::shared_ptr<transport> through, object<event> fresh)
{
    std::optional<failure> refused;
    auto how = write_options{}.expiring_after(std::chrono::hours{1});
    auto asked = request::write(verb::create, draft(std::move(fresh)), std::move(how));
    try {
        co_await through->send(std::move(asked));
    } catch (error const& failed) {
        refused = failed.reason();
    }
    co_return !refused || !refused->is(errc::already_exists);
}

CONVERGE_DECL task<> event_writer::raise(std::shared_ptr<transport> through, key<event> id,
                                  object<event> fresh, event_write how)
{
    try {
        auto const found = co_await through->send(request::get(type_of<event>(), id));
        if (!found.object()) {
            co_await create(std::move(through), std::move(fresh));
            co_return;
        }
        object<event> next = *found.object().template as<event>();
        next.content.count = how == event_write::update
                                 ? fresh.content.count
                                 : next.content.count + fresh.content.count;
        next.content.last_timestamp = fresh.content.last_timestamp;
        next.content.message = fresh.content.message;
        auto asked = request::write(verb::update, draft(std::move(next)), write_options{});
        co_await through->send(std::move(asked));
        co_await through->send(request::renew(type_of<event>(), id));
    } catch (error const&) {
        // An event is not worth failing for.
    }
}

CONVERGE_DECL draft_object event_writer::draft(object<event> from)
{
    return {type_of<event>(), std::make_shared<object<event>>(std::move(from))};
}

} // namespace converge
