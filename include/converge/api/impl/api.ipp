// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/api.hpp>

#include <converge/api/detail/apply_rules.hpp>
#include <converge/api/detail/change_rules.hpp>
#include <converge/api/detail/expected_type.hpp>
#include <converge/api/detail/filtering.hpp>
#include <converge/api/detail/write_rules.hpp>
#include <converge/api/garbage_collector.hpp>
#include <converge/api/lease_keeper.hpp>
#include <converge/api/write_fence.hpp>
#include <converge/async/nursery.hpp>
#include <converge/async/random_service.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>
#include <converge/codec/resource_type.hpp>
#include <converge/core/limits.hpp>
#include <converge/model/lease.hpp>
#include <converge/store/store_key.hpp>

namespace converge {

namespace detail {

[[nodiscard]] inline std::string fence_key(write_fence const& fence)
{
    return store_key(type_of<lease>(), fence.held());
}

/// Makes a write hang on its fence, if it has one.
inline void stand_on_fence(transaction& write, write_options const& how)
{
    if (auto const& fence = how.fence())
        write.when(compare::modified_at(fence_key(*fence), fence->since()));
}

} // namespace detail

CONVERGE_DECL task<response> api::send(request asked)
{
    auto const about = asked.ref();
    try {
        co_return co_await dispatch(std::move(asked));
    } catch (error const& failed) {
        if (!failed.reason().object.name.empty())
            throw;
        auto reason = failed.reason();
        throw error{std::move(reason).about(about)};
    }
}

CONVERGE_DECL std::unique_ptr<watch_stream> api::watch(watch_request asked)
{
    watch_query query{store_prefix(asked.type(), asked.space()), asked.after()};
    return std::make_unique<detail::typed_watch>(asked.type(), store_.watch(std::move(query)));
}

CONVERGE_DECL task<> api::housekeep(logger log)
{
    auto const where = co_await this_coro::executor;
    nursery duties{where};
    duties.spawn(collect_garbage(*this, store_, std::move(log)));
    duties.spawn(keep_leases(store_));
    co_await duties.join();
}

CONVERGE_DECL task<response> api::dispatch(request asked)
{
    switch (asked.what()) {
    case verb::get: return get(std::move(asked));
    case verb::list: return list(std::move(asked));
    case verb::create: return create(std::move(asked));
    case verb::apply: return apply(std::move(asked));
    case verb::remove: return remove(std::move(asked));
    case verb::renew: return renew(std::move(asked));
    case verb::update:
    case verb::update_status:
    case verb::patch:
    case verb::patch_status: break;
    }
    return change(std::move(asked));
}

CONVERGE_DECL task<std::optional<stored>> api::read(request const& asked)
{
    auto found = co_await store_.get(store_key(asked.type(), asked.key()));
    if (found)
        detail::expect_type(asked.type(), found->value.type());
    co_return found;
}

CONVERGE_DECL task<response> api::get(request asked)
{
    auto const found = co_await read(asked);
    co_return found ? response{found->value} : response{};
}

CONVERGE_DECL task<response> api::list(request asked)
{
    auto const& which = asked.which();
    list_query query{store_prefix(asked.type(), which.space())};
    query.at = which.at();
    if (!which.token().empty()) {
        auto token =
            detail::continue_token::parse(which.token(), query.prefix, store_.incarnation());
        query.at = token.value().at;
        query.after = std::move(token->after);
    }
    std::vector<any_object> items;
    std::string token;
    for (;;) {
        // A selector may hide entries, so the store's page is what is still missing.
        query.limit = which.limit() == 0 ? 0 : which.limit() - items.size();
        auto page = co_await store_.list(query);
        if (items.empty())
            items.reserve(page.entries.size());
        for (auto& entry : page.entries) {
            detail::expect_type(asked.type(), entry.value.type());
            if (detail::selected(which, entry.value))
                items.push_back(std::move(entry.value));
        }
        query.at = page.at;
        query.after = page.last_key;
        if (!page.more)
            break;
        if (which.limit() != 0 && items.size() >= which.limit()) {
            token = detail::continue_token{store_.incarnation(), page.at, page.last_key}.str();
            break;
        }
    }
    co_return response{std::move(items), query.at, std::move(token)};
}

CONVERGE_DECL task<response> api::create(request asked)
{
    auto& draft = asked.body();
    draft.metadata().managed_fields.clear();
    auto const facts = co_await draw_facts();
    detail::prepare_create(draft, facts).value();
    detail::admit(hooks_, verb::create, {}, draft).value();
    auto made = co_await store_new(std::move(draft), asked.how());
    if (!made)
        throw error{errc::already_exists,
                    "an object of that name exists; update it, or choose another name"};
    co_return *std::move(made);
}

CONVERGE_DECL task<> api::check_fence(write_options const& how)
{
    auto const fence = how.fence();
    if (!fence)
        co_return;
    // Of a commit that was refused: a fence that holds still held then.
    auto const held = co_await store_.get(detail::fence_key(*fence));
    if (held && held->modified == fence->since())
        co_return;
    throw error{errc::fenced, "the writer led by lease \"" + fence->held().name + "\" as of " +
                                  to_string(fence->since()) + ", which is " +
                                  (held ? "now as of " + to_string(held->modified) : "gone") +
                                  "; it has to stop, and to compete for the lease again"};
}

CONVERGE_DECL task<std::optional<response>> api::store_new(draft_object draft, write_options how)
{
    auto const key = store_key(draft.type(), draft.key());
    if (how.is_dry_run() || how.ttl()) {
        // Asked before a lease is granted that nothing would hang on.
        auto const taken = co_await store_.get(key);
        if (taken)
            co_return std::nullopt;
    }
    if (how.is_dry_run())
        co_return response{std::move(draft).freeze()};
    auto lease = lease_id::none;
    if (how.ttl()) {
        auto const present = co_await now();
        lease = co_await store_.grant_lease(*how.ttl(), present);
    }
    transaction write;
    write.when(compare::absent(key)).put(key, std::move(draft), lease);
    detail::stand_on_fence(write, how);
    auto const done = co_await store_.commit(std::move(write));
    if (!done.succeeded) {
        co_await check_fence(how);
        co_return std::nullopt;
    }
    co_return response{done.entries.front()->value}.written_at(done.at);
}

CONVERGE_DECL task<response> api::change(request asked)
{
    for (unsigned attempt = 0; attempt < limits::write_attempts; ++attempt) {
        auto const found = co_await read(asked);
        if (!found)
            throw error{errc::not_found, "there is no such object"};
        auto draft = detail::proposed_by(asked, found->value).value();
        auto done = co_await replace(asked, found->value, std::move(draft), found->lease);
        if (done)
            co_return *std::move(done);
    }
    throw error{errc::conflict, "other writers were faster " +
                                    std::to_string(limits::write_attempts) +
                                    " times in a row; try again"};
}

CONVERGE_DECL task<std::optional<response>> api::replace(request const& asked, any_object before,
                                                         draft_object draft, lease_id lease)
{
    detail::admit(hooks_, asked.what(), before, draft).value();
    if (detail::settle_generation(before, draft))
        co_return response{std::move(before)};
    if (asked.how().is_dry_run())
        co_return response{std::move(draft).freeze()};
    bool const leaves = before.metadata().being_deleted() && draft.metadata().finalizers.empty();
    auto const key = store_key(draft.type(), draft.key());
    auto last = leaves ? std::move(draft).freeze() : any_object{};
    transaction write;
    write.when(compare::modified_at(key, before.metadata().resource_version));
    if (leaves)
        write.erase(key);
    else
        write.put(key, std::move(draft), lease);
    detail::stand_on_fence(write, asked.how());
    auto const done = co_await store_.commit(std::move(write));
    if (!done.succeeded) {
        co_await check_fence(asked.how());
        co_return std::nullopt;
    }
    auto now_stored = leaves ? std::move(last) : done.entries.front()->value;
    co_return response{std::move(now_stored)}.written_at(done.at);
}

CONVERGE_DECL task<response> api::apply(request asked)
{
    for (unsigned attempt = 0; attempt < limits::write_attempts; ++attempt) {
        auto const found = co_await read(asked);
        auto const before = found ? found->value : any_object{};
        auto draft = detail::applied_to(before, asked.body(), asked.how()).value();
        std::optional<response> done;
        if (before) {
            done = co_await replace(asked, before, std::move(draft), found->lease);
        } else {
            auto const facts = co_await draw_facts();
            detail::prepare_create(draft, facts).value();
            detail::admit(hooks_, verb::apply, {}, draft).value();
            done = co_await store_new(std::move(draft), asked.how());
        }
        if (done)
            co_return *std::move(done);
    }
    throw error{errc::conflict, "other writers were faster " +
                                    std::to_string(limits::write_attempts) +
                                    " times in a row; try again"};
}

CONVERGE_DECL task<response> api::remove(request asked)
{
    auto const key = store_key(asked.type(), asked.key());
    for (unsigned attempt = 0; attempt < limits::write_attempts; ++attempt) {
        auto const found = co_await read(asked);
        if (!found)
            throw error{errc::not_found, "there is no such object"};
        auto const before = found->value;
        detail::check_preconditions(before, asked.how().expected_uid(),
                                    asked.how().expected_revision())
            .value();
        draft_object draft{before};
        auto const where = co_await this_coro::executor;
        bool const stays =
            detail::mark_deleted(draft, asked.how().how(), time_of(where).wall_now());
        if (stays && before.metadata() == draft.metadata())
            co_return response{before};
        if (asked.how().is_dry_run())
            co_return response{std::move(draft).freeze()};
        transaction write;
        write.when(compare::modified_at(key, before.metadata().resource_version));
        if (stays)
            write.put(key, std::move(draft), found->lease);
        else
            write.erase(key);
        detail::stand_on_fence(write, asked.how());
        auto const done = co_await store_.commit(std::move(write));
        if (done.succeeded) {
            auto shown = stays ? done.entries.front()->value : before;
            co_return response{std::move(shown)}.written_at(done.at);
        }
        co_await check_fence(asked.how());
    }
    throw error{errc::conflict, "other writers were faster " +
                                    std::to_string(limits::write_attempts) +
                                    " times in a row; try again"};
}

CONVERGE_DECL task<response> api::renew(request asked)
{
    auto const found = co_await read(asked);
    if (!found || found->lease == lease_id::none)
        throw error{errc::not_found, "there is no such object with a span to renew; create "
                                     "it again"};
    detail::check_preconditions(found->value, asked.how().expected_uid(),
                                asked.how().expected_revision())
        .value();
    auto const present = co_await now();
    bool const renewed = co_await store_.renew_lease(found->lease, present);
    if (!renewed)
        throw error{errc::not_found, "its span has ended; create it again"};
    co_return response{found->value};
}

CONVERGE_DECL task<detail::write_facts> api::draw_facts()
{
    auto const where = co_await this_coro::executor;
    auto& chance = random_of(where);
    detail::write_facts facts;
    facts.now = time_of(where).wall_now();
    facts.high = chance.draw("api.uid");
    facts.low = chance.draw("api.uid");
    co_return facts;
}

} // namespace converge
