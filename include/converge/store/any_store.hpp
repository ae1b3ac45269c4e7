// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/core/time.hpp>
#include <converge/store/query.hpp>
#include <converge/store/store_stats.hpp>
#include <converge/store/transaction.hpp>
#include <converge/store/watch.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace converge {

namespace detail {

template <class Answer, class T>
concept gives = std::same_as<Answer, T> || std::same_as<Answer, task<T>>;

} // namespace detail

/// A versioned, watchable map from keys to objects. Members answer at once or with a task;
/// `memory_store` documents their meaning.
template <class S>
concept store = requires(S& s, transaction t, std::string key, list_query list, watch_query watch,
                         duration ttl, instant now, lease_id lease) {
    { s.commit(std::move(t)) } -> detail::gives<commit_outcome>;
    { s.get(key) } -> detail::gives<std::optional<stored>>;
    { s.list(std::move(list)) } -> detail::gives<list_page>;
    { s.watch(std::move(watch)) } -> std::same_as<std::unique_ptr<watch_stream>>;
    { s.newest() } -> detail::gives<revision>;
    { s.grant_lease(ttl, now) } -> detail::gives<lease_id>;
    { s.renew_lease(lease, now) } -> detail::gives<bool>;
    { s.housekeep(now) } -> detail::gives<std::optional<instant>>;
    { s.stats() } -> std::same_as<store_stats>;
    { s.incarnation() } -> std::same_as<std::uint64_t>;
};

/// Any store, behind one interface: a compile-time firewall, so that the layers above are
/// compiled once whatever the store. Copying shares the store.
///
/// @par Lifetime  Made from an lvalue it refers to that store, which must outlive it; made from
///                a shared_ptr it shares ownership.
/// @par Threads   As the store's: those of converge are thread-safe.
class any_store {
public:
    template <store S>
        requires(!std::same_as<S, any_store>)
    any_store(S& target);
    template <store S>
    any_store(std::shared_ptr<S> target);

    /// @throws errc::invalid if the transaction writes a key twice; errc::unavailable if the
    ///         store cannot write. A condition that does not hold is not an error.
    /// @par Cancellation  The commit may have happened.
    [[nodiscard]] task<commit_outcome> commit(transaction t) const
    {
        return self_->commit(std::move(t));
    }
    /// The newest entry under `key`, if any.
    [[nodiscard]] task<std::optional<stored>> get(std::string key) const
    {
        return self_->get(std::move(key));
    }
    /// @throws errc::gone if `query.at` has left the window, errc::future_revision if it is not
    ///         there yet.
    [[nodiscard]] task<list_page> list(list_query query) const
    {
        return self_->list(std::move(query));
    }
    /// Never fails by itself: a place outside the window fails in `next`.
    [[nodiscard]] std::unique_ptr<watch_stream> watch(watch_query query) const
    {
        return self_->watch(std::move(query));
    }
    /// The revision of the newest commit.
    [[nodiscard]] task<revision> newest() const { return self_->newest(); }
    /// Grants a lease: keys put with it are erased, in one revision, once it was not renewed
    /// for `ttl`.
    [[nodiscard]] task<lease_id> grant_lease(duration ttl, instant now) const
    {
        return self_->grant_lease(ttl, now);
    }
    /// Starts the lease's span anew, writing nothing; false if there is no such lease.
    [[nodiscard]] task<bool> renew_lease(lease_id lease, instant now) const
    {
        return self_->renew_lease(lease, now);
    }
    /// Lets time pass: erases what hangs on leases that have ended by `now`, and lets the history
    /// age. @returns when the next lease may end.
    [[nodiscard]] task<std::optional<instant>> housekeep(instant now) const
    {
        return self_->housekeep(now);
    }
    [[nodiscard]] store_stats stats() const { return self_->stats(); }
    /// Names the life of the store that its revisions belong to: a restored backup is another.
    [[nodiscard]] std::uint64_t incarnation() const { return self_->incarnation(); }

private:
    struct interface {
        virtual ~interface() = default;
        virtual task<commit_outcome> commit(transaction t) = 0;
        virtual task<std::optional<stored>> get(std::string key) = 0;
        virtual task<list_page> list(list_query query) = 0;
        virtual std::unique_ptr<watch_stream> watch(watch_query query) = 0;
        virtual task<revision> newest() = 0;
        virtual task<lease_id> grant_lease(duration ttl, instant now) = 0;
        virtual task<bool> renew_lease(lease_id lease, instant now) = 0;
        virtual task<std::optional<instant>> housekeep(instant now) = 0;
        virtual store_stats stats() = 0;
        virtual std::uint64_t incarnation() = 0;
    };

    template <class S, class Pointer>
    struct model final : interface {
        explicit model(Pointer to) : target{std::move(to)} {}

        /// One coroutine for each member, whether the store answers at once or with a task; it
        /// keeps the arguments until the store has answered.
        template <class T, class Call, class... Args>
        task<T> ask(Args... args)
        {
            if constexpr (std::same_as<std::invoke_result_t<Call, S&, Args&...>, T>)
                co_return Call{}(*target, args...);
            else
                co_return co_await Call{}(*target, args...);
        }

        task<commit_outcome> commit(transaction t) override
        {
            auto const call = [](S& of, transaction& all) { return of.commit(std::move(all)); };
            return ask<commit_outcome, decltype(call)>(std::move(t));
        }
        task<std::optional<stored>> get(std::string key) override
        {
            auto const call = [](S& of, std::string& name) { return of.get(std::move(name)); };
            return ask<std::optional<stored>, decltype(call)>(std::move(key));
        }
        task<list_page> list(list_query query) override
        {
            auto const call = [](S& of, list_query& which) { return of.list(std::move(which)); };
            return ask<list_page, decltype(call)>(std::move(query));
        }
        std::unique_ptr<watch_stream> watch(watch_query query) override
        {
            return target->watch(std::move(query));
        }
        task<revision> newest() override
        {
            auto const call = [](S& of) { return of.newest(); };
            return ask<revision, decltype(call)>();
        }
        task<lease_id> grant_lease(duration ttl, instant now) override
        {
            auto const call = [](S& of, duration span, instant at) {
                return of.grant_lease(span, at);
            };
            return ask<lease_id, decltype(call)>(ttl, now);
        }
        task<bool> renew_lease(lease_id lease, instant now) override
        {
            auto const call = [](S& of, lease_id id, instant at) { return of.renew_lease(id, at); };
            return ask<bool, decltype(call)>(lease, now);
        }
        task<std::optional<instant>> housekeep(instant now) override
        {
            auto const call = [](S& of, instant at) { return of.housekeep(at); };
            return ask<std::optional<instant>, decltype(call)>(now);
        }
        store_stats stats() override { return target->stats(); }
        std::uint64_t incarnation() override { return target->incarnation(); }

        Pointer target;
    };

    std::shared_ptr<interface> self_;
};

// Outside of the class, so that `extern template` works.
template <store S>
    requires(!std::same_as<S, any_store>)
any_store::any_store(S& target) : self_{std::make_shared<model<S, S*>>(&target)}
{}

template <store S>
any_store::any_store(std::shared_ptr<S> target)
    : self_{std::make_shared<model<S, std::shared_ptr<S>>>(std::move(target))}
{}

} // namespace converge
