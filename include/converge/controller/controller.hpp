// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/change.hpp>
#include <converge/controller/detail/controller_spec.hpp>
#include <converge/controller/detail/reconciler_traits.hpp>
#include <converge/core/time.hpp>
#include <converge/model/object.hpp>
#include <converge/model/owner_references.hpp>
#include <converge/work/backoff.hpp>

#include <concepts>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace converge {

/// A coroutine `task<outcome>(client, object<R>, view<K, Indexes...>...)`: moves one object a step towards
/// what is desired. `object_ptr<R>` instead of `object<R>` saves a copy. Each `view<K>` makes
/// the control plane cache kind `K`, with the indexes that it names; a kind or an index that is not
/// a parameter cannot be read from cache. `K` may be a projection: then only that part is cached.
template <class F, class R>
concept reconciler = detail::reconciler_for<F, R>;

/// The controller of a kind: a reconciler and what makes it run. A value: each member below
/// returns a changed copy; `run(api, controllers…)` sets it in motion.
///
/// The reconciler is called for every object at the start, then whenever one changes, at least
/// once after the last change. Never twice at once for one key. It sees the newest object that
/// the cache has, which includes everything that its own last call for that key wrote. (Except a
/// write whose answer was lost: errc::timed_out, errc::indeterminate, or cancelled with the call,
/// as by `time_limit`. The cache may show it later; so a call that fails by that is retried no
/// sooner than after half a second, or with the next change.) What it returns says when to call
/// it next; what it throws is retried with backoff, except `errc::terminal`, which waits for a
/// change; a conflict is retried at once, and is no attempt.
///
/// Map functions and predicates must not throw. One that does is logged and counted
/// (`converge_trigger_errors_total`); the predicate lets the change pass, the map function maps it
/// to nothing.
///
/// @par Example  examples/01_hello.cpp
template <class R>
class controller {
public:
    template <reconciler<R> F>
    controller(F reconcile)
    {
        using traits = detail::traits_of<F>;
        spec_.name = R::kind.singular();
        spec_.type = &type_of<R>();
        spec_.reads = traits::reads();
        spec_.declares = traits::declares();
        spec_.reconcile = traits::template erase<R>(std::move(reconcile));
    }

    /// Names the controller: in logs, metrics, events and field ownership. The kind's name in
    /// lower case unless set.
    [[nodiscard]] controller named(std::string name) const
    {
        return with([&](auto& spec) { spec.name = std::move(name); });
    }

    /// Runs an object also when one of kind `K` that it controls changes.
    template <resource K>
    [[nodiscard]] controller owns() const
    {
        static_assert(detail::scope_of<K>() == scope::namespaced ||
                          detail::scope_of<R>() == scope::cluster,
                      "a cluster-scoped object does not say in which namespace its owner is; use "
                      "watches<K> with a function that finds it");
        auto const keys = [](object_change const& seen) {
            std::vector<object_key> found;
            for (auto const& side : {seen.before, seen.after}) {
                if (!side)
                    continue;
                auto const* owner = controller_of(side.metadata());
                if (owner != nullptr && owner->kind == R::kind.kind &&
                    owner->api_version == R::kind.api_version)
                    found.push_back({detail::scope_of<R>() == scope::cluster
                                         ? std::string{}
                                         : side.metadata().namespace_,
                                     owner->name});
            }
            return found;
        };
        return triggered_by(type_of<K>(), cause_kind::owned, keys);
    }

    /// Runs those objects that `affected` names when an object of kind `K` changes. It is called
    /// as `affected(change<K>)`, or as `affected(object<K>)` for what was before and what is now,
    /// and returns `std::vector<key<R>>`.
    template <resource K, class F>
    [[nodiscard]] controller watches(F affected) const
    {
        if constexpr (std::invocable<F const&, change<K> const&>) {
            auto const keys = [affected = std::move(affected)](object_change const& seen) {
                return untyped(affected(typed_change<K>(seen)));
            };
            return triggered_by(type_of<K>(), cause_kind::watched, keys);
        } else {
            // A trigger a side: one that throws for what was does not hide what is.
            auto const keys_of = [&](any_object object_change::*side) {
                return [affected, side](object_change const& seen) {
                    auto const& of = seen.*side;
                    return of ? untyped(affected(*of.template as<K>())) : untyped({});
                };
            };
            return triggered_by(type_of<K>(), cause_kind::watched, keys_of(&object_change::before))
                .triggered_by(type_of<K>(), cause_kind::watched, keys_of(&object_change::after));
        }
    }

    /// Lets a change of the object itself pass only if `holds(change<R>)`; several must all
    /// hold. The first sight of an object and the start of its deletion always pass, so `before`
    /// and `after` are never null here.
    [[nodiscard]] controller when(std::function<bool(change<R> const&)> holds) const
    {
        auto const pass = [holds = std::move(holds)](object_change const& seen) {
            auto const typed = typed_change<R>(seen);
            return typed.deletion_started() || holds(typed);
        };
        return with([&](auto& spec) { spec.predicates.push_back(pass); });
    }

    /// Runs up to `count` keys at a time; 1 unless set. @pre `count > 0`.
    [[nodiscard]] controller workers(unsigned count) const
    {
        return with([&](auto& spec) { spec.workers = count == 0 ? 1 : count; });
    }

    /// How long to wait after failures.
    [[nodiscard]] controller backoff(backoff_policy policy) const
    {
        return with([&](auto& spec) { spec.backoff = policy; });
    }

    /// Runs every object each `period`, changed or not; never unless set.
    [[nodiscard]] controller resync(duration period) const
    {
        return with([&](auto& spec) { spec.resync = period; });
    }

    /// Cancels a call that takes longer, and retries it as a failure; none unless set.
    [[nodiscard]] controller time_limit(duration limit) const
    {
        return with([&](auto& spec) { spec.time_limit = limit; });
    }

    [[nodiscard]] detail::controller_spec const& spec() const noexcept { return spec_; }

private:
    template <class K>
    [[nodiscard]] static change<K> typed_change(object_change const& seen)
    {
        change<K> typed;
        if (seen.before)
            typed.before = seen.before.template as<K>();
        if (seen.after)
            typed.after = seen.after.template as<K>();
        return typed;
    }

    [[nodiscard]] static std::vector<object_key> untyped(std::vector<key<R>> keys)
    {
        return {std::make_move_iterator(keys.begin()), std::make_move_iterator(keys.end())};
    }

    template <class F>
    [[nodiscard]] controller with(F change_spec) const
    {
        controller other = *this;
        change_spec(other.spec_);
        return other;
    }

    template <class F>
    [[nodiscard]] controller triggered_by(resource_type const& source, cause_kind kind,
                                          F keys) const
    {
        return with([&](auto& spec) { spec.triggers.push_back({&source, kind, keys}); });
    }

    detail::controller_spec spec_;
};

} // namespace converge
