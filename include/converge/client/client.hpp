// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/transport.hpp>
#include <converge/client/leadership.hpp>
#include <converge/client/object_list.hpp>
#include <converge/client/write_log.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/model/object.hpp>
#include <converge/store/any_store.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace converge {

class event_writer;

/// Reads and writes objects of any kind. Copies share the connection; cheap to pass by value.
///
/// Every verb takes its arguments by value or copies them before it first suspends, so nothing
/// of the caller must outlive the call. Errors name object, field, value and remedy; codes are
/// those of `transport::send`.
///
/// @par Threads       The strand of the coroutine that awaits; over a thread-safe store, several
///                    strands may use copies of one client, `record` included. A `write_log` is
///                    of one strand.
/// @par Cancellation  A write may or may not have happened; read, or apply again, to learn.
/// @par Complexity    One request to the api a call, unless said otherwise.
class client {
public:
    /// Talks to `target` with full api semantics, in this process.
    /// @par Lifetime  `target` is referred to and must outlive the client and its copies.
    template <store S>
    client(S& target) : client{any_store{target}}
    {}
    CONVERGE_DECL explicit client(any_store target);
    CONVERGE_DECL explicit client(std::shared_ptr<transport> through);

    /// Creates `wanted`. @returns it as stored. @throws errc::already_exists.
    template <class R>
    [[nodiscard]] task<object_ptr<R>> create(object<R> wanted, write_options how = {}) const
    {
        return write<R>(verb::create, std::move(wanted), std::move(how));
    }

    /// The object, or nothing.
    template <class R>
    [[nodiscard]] task<object_ptr<R>> find(key<R> id) const
    {
        return typed<R>(find_any(type_of<R>(), std::move(id)));
    }

    /// The object. @throws errc::not_found.
    template <class R>
    [[nodiscard]] task<object_ptr<R>> get(key<R> id) const
    {
        return typed<R>(get_any(type_of<R>(), std::move(id)));
    }

    /// The objects of a kind, at one revision, in the order of namespace and name.
    /// @throws errc::gone if a continued page's revision has left the history window.
    template <class R>
    [[nodiscard]] task<object_list<R>> list(list_options which = {}) const
    {
        return listed<R>(list_any(type_of<R>(), std::move(which)));
    }

    /// Replaces spec (or content), labels, annotations, owners and finalizers. If `changed`
    /// carries a revision, only if that is still the stored one.
    /// @returns it as stored. @throws errc::not_found, errc::conflict.
    template <class R>
    [[nodiscard]] task<object_ptr<R>> update(object<R> changed, write_options how = {}) const
    {
        return write<R>(verb::update, std::move(changed), std::move(how));
    }

    /// Replaces the status and nothing else. As `update` in all other ways.
    template <class R>
    [[nodiscard]] task<object_ptr<R>> update_status(object<R> changed, write_options how = {}) const
    {
        static_assert(has_status<R>, "this kind has no status");
        return write<R>(verb::update_status, std::move(changed), std::move(how));
    }

    /// Makes the stored object carry every field set in `desired`, creating it if absent.
    ///
    /// Fields that other managers set are kept; fields that this manager applied before and
    /// leaves out now are removed. Applying the same value twice changes nothing. A member is
    /// set unless it is empty: an empty optional, string, list or map. A list is one field, but
    /// of the finalizers and of the owner references each item is one.
    /// @returns the stored object. @throws errc::conflict if another manager owns a field with
    ///          another value; `write_options{}.forced()` takes it over.
    /// @par Example  examples/01_hello.cpp
    template <class R>
    [[nodiscard]] task<object_ptr<R>> apply(object<R> desired, write_options how = {}) const
    {
        return write<R>(verb::apply, std::move(desired), std::move(how));
    }

    /// Changes what a JSON merge patch (RFC 7396) names.
    template <class R>
    [[nodiscard]] task<object_ptr<R>> patch(key<R> id, boost::json::value document,
                                            write_options how = {}) const
    {
        return typed<R>(
            merge_any(type_of<R>(), std::move(id), std::move(document), std::move(how)));
    }

    /// Removes an object, or marks it deleted if it has finalizers.
    /// @returns it as it was, or as marked. @throws errc::not_found.
    template <class R>
    task<object_ptr<R>> remove(key<R> id, write_options how = {}) const
    {
        return typed<R>(remove_any(type_of<R>(), std::move(id), std::move(how)));
    }

    /// Starts the span of an object anew that was created `expiring_after` it. Writes nothing.
    /// @throws errc::not_found if it is gone, errc::conflict if `how` names a uid or a revision
    ///         that it does not have.
    template <class R>
    task<object_ptr<R>> renew(key<R> id, write_options how = {}) const
    {
        return typed<R>(renew_any(type_of<R>(), std::move(id), std::move(how)));
    }

    /// Waits until the object exists and `holds` is true of it. @returns it.
    /// @par Cancellation  Nothing has happened.
    template <class R>
    task<object_ptr<R>>
    wait_until(key<R> id, std::type_identity_t<std::function<bool(object<R> const&)>> holds) const
    {
        auto check = [holds = std::move(holds)](any_object const& now) {
            return now && holds(*now.as<R>());
        };
        return typed<R>(wait_for(type_of<R>(), std::move(id), std::move(check)));
    }

    /// Waits until there is no such object.
    template <class R>
    task<> wait_gone(key<R> id) const
    {
        return wait_gone_any(type_of<R>(), std::move(id));
    }

    /// Records that something happened to `about`, as an event that people can read. The same
    /// fact again raises a count instead, and not at all within five minutes. An event goes an
    /// hour after it was last written.
    /// `type` is "Normal" or "Warning"; `reason` one word in CamelCase. Never throws for the
    /// api's refusal: events are not worth failing for.
    template <class R>
    task<> record(object<R> const& about, std::string type, std::string reason,
                  std::string message) const
    {
        return record(std::string{R::kind.api_version}, ref_of(about), about.metadata.uid,
                      std::move(type), std::move(reason), std::move(message));
    }

    /// This client, writing in the name of `manager`.
    [[nodiscard]] client as(std::string manager) const
    {
        return with([&](parts& changed) { changed.manager = std::move(manager); });
    }

    /// This client, noting the revisions that it writes in `log`.
    [[nodiscard]] client noting(std::shared_ptr<write_log> log) const
    {
        return with([&](parts& changed) { changed.log = std::move(log); });
    }

    /// This client, sending in the name of a reconcile; null: of none.
    [[nodiscard]] client sending_from(std::shared_ptr<request_origin const> origin) const
    {
        client other = *this;
        other.origin_ = std::move(origin);
        return other;
    }

    /// This client, writing only while `term` lasts, and nothing that lands after it: see
    /// `write_fence`. A write that comes too late fails with errc::fenced, and ends the term.
    ///
    /// Not fenced are reads; what `record` tells of, which is true whoever leads; and `renew`,
    /// which writes nothing and is refused only here, once the term has ended.
    [[nodiscard]] client fenced_by(std::shared_ptr<leadership> term) const
    {
        return with([&](parts& changed) { changed.term = std::move(term); });
    }

    /// The term in which it writes; null if it is not fenced.
    [[nodiscard]] std::shared_ptr<leadership> const& term() const noexcept { return parts_->term; }
    [[nodiscard]] std::string const& manager() const noexcept { return parts_->manager; }
    [[nodiscard]] std::shared_ptr<transport> const& through() const noexcept
    {
        return parts_->through;
    }
    /// Whether there is no copy of it; those made with `as`, `noting` and `fenced_by` are none.
    /// @par Threads  Only if nobody else can copy it meanwhile.
    [[nodiscard]] bool is_only_copy() const noexcept { return parts_.use_count() == 1; }

private:
    struct parts {
        std::shared_ptr<transport> through;
        std::shared_ptr<event_writer> events;
        std::shared_ptr<write_log> log;
        std::shared_ptr<leadership> term;
        std::string manager = "converge";
    };

    template <class F>
    [[nodiscard]] client with(F change) const
    {
        auto changed = std::make_shared<parts>(*parts_);
        change(*changed);
        client other = *this;
        other.parts_ = std::move(changed);
        return other;
    }

    [[nodiscard]] CONVERGE_DECL task<> record(std::string api_version, object_ref about, uid life,
                                              std::string type, std::string reason,
                                              std::string message) const;

    using check_object = std::function<bool(any_object const&)>;

    template <class R>
    [[nodiscard]] task<object_ptr<R>> write(verb what, object<R> body, write_options how) const
    {
        draft_object draft{type_of<R>(), std::make_shared<object<R>>(std::move(body))};
        return typed<R>(write_any(what, std::move(draft), std::move(how)));
    }

    template <class R>
    [[nodiscard]] static task<object_ptr<R>> typed(task<any_object> answer)
    {
        auto const object = co_await std::move(answer);
        co_return object ? object.template as<R>() : nullptr;
    }

    template <class R>
    [[nodiscard]] static task<object_list<R>> listed(task<response> answer)
    {
        auto const done = co_await std::move(answer);
        std::vector<object_ptr<R>> items;
        items.reserve(done.items().size());
        for (auto const& item : done.items())
            items.push_back(item.template as<R>());
        co_return object_list<R>{std::move(items), done.at(), done.token()};
    }

    // The verbs on objects of any kind, compiled once.
    [[nodiscard]] CONVERGE_DECL task<any_object> write_any(verb what, draft_object body,
                                                           write_options how) const;
    [[nodiscard]] CONVERGE_DECL task<any_object> find_any(resource_type const& type,
                                                          object_key id) const;
    [[nodiscard]] CONVERGE_DECL task<any_object> get_any(resource_type const& type,
                                                         object_key id) const;
    [[nodiscard]] CONVERGE_DECL task<response> list_any(resource_type const& type,
                                                        list_options which) const;
    [[nodiscard]] CONVERGE_DECL task<any_object> merge_any(resource_type const& type, object_key id,
                                                           boost::json::value document,
                                                           write_options how) const;
    [[nodiscard]] CONVERGE_DECL task<any_object> remove_any(resource_type const& type,
                                                            object_key id, write_options how) const;
    [[nodiscard]] CONVERGE_DECL task<any_object> renew_any(resource_type const& type, object_key id,
                                                           write_options how) const;
    [[nodiscard]] CONVERGE_DECL task<> wait_gone_any(resource_type const& type,
                                                     object_key id) const;
    [[nodiscard]] CONVERGE_DECL task<any_object> wait_for(resource_type const& type, object_key id,
                                                          check_object holds) const;

    /// The one place where every request about one object passes.
    [[nodiscard]] CONVERGE_DECL task<any_object> exchange(request asked) const;
    [[nodiscard]] CONVERGE_DECL write_options named(write_options how) const;

    /// Shared with the copies: every run of a reconciler is given one.
    std::shared_ptr<parts const> parts_;
    std::shared_ptr<request_origin const> origin_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/client/impl/client.ipp>
#endif
