// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/model/finalizers.hpp>
#include <converge/model/object.hpp>
#include <converge/work/outcome.hpp>

#include <functional>
#include <string>
#include <type_traits>
#include <utility>

namespace converge {

/// Reconciles an object that stands for something outside the store, which must be cleaned up
/// before the object may go.
///
/// Flow: the finalizer `name` is put on the object before `apply` is called for the first time;
/// once the object is marked deleted `cleanup` is called until it returns `settled()`, and then
/// the finalizer is removed. Both edits name the revision that was read. `apply` and `cleanup` get
/// the object as the api has it, not as a cache does: one that a cache still shows may be gone, and
/// nothing would ever clean up after it.
///
/// Guarantee: if `apply` ever started, `cleanup` succeeds before the object is gone. Neither is
/// called for an object that is gone, nor in the name of one for its successor.
/// Assumes: both are idempotent, since each may be cut short anywhere and called again; `cleanup`
/// is also called where `apply` never was, if someone else put the finalizer there.
/// @throws what `apply`, `cleanup` or the api throws; a conflict is retried by the controller.
/// @par Complexity  One read of the object beside what `apply` and `cleanup` do.
/// @par Example  examples/03_finalizer.cpp
template <class R>
[[nodiscard]] task<outcome>
finalizing(client api, object<R> subject, std::string name,
           std::type_identity_t<std::function<task<outcome>(client, object<R>)>> apply,
           std::type_identity_t<std::function<task<outcome>(client, object<R>)>> cleanup)
{
    if (!has_finalizer(subject.metadata, name)) {
        if (subject.metadata.being_deleted())
            co_return settled();
        add_finalizer(subject.metadata, name);
        auto const guarded = co_await api.update(std::move(subject));
        co_return co_await apply(std::move(api), *guarded);
    }
    auto const present = co_await api.find(subject.key());
    if (present == nullptr || present->metadata.uid != subject.metadata.uid ||
        !has_finalizer(present->metadata, name))
        co_return settled();
    if (!present->metadata.being_deleted())
        co_return co_await apply(std::move(api), *present);
    subject = *present;
    auto const cleaned = co_await cleanup(api, subject);
    if (cleaned.kind() != outcome_kind::settled)
        co_return cleaned;
    // What cleanup wrote (a status, say) has moved the revision on.
    auto const found = co_await api.find(subject.key());
    if (found == nullptr || found->metadata.uid != subject.metadata.uid)
        co_return settled();
    auto released = *found;
    if (remove_finalizer(released.metadata, name))
        co_await api.update(std::move(released));
    co_return settled();
}

} // namespace converge
