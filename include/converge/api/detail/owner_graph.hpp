// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/detail/known_objects.hpp>
#include <converge/api/detail/write_rules.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/time.hpp>
#include <converge/core/uid.hpp>
#include <converge/model/finalizers.hpp>
#include <converge/store/watch.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace converge::detail {

/// One step of garbage collection about one object.
struct collection_step {
    enum class act { remove, remove_foreground, drop_owners, drop_finalizer, unblock_owners };

    act what = act::remove;
    any_object target;
    /// drop_owners: the uids to drop. unblock_owners: those that shall no longer wait for it.
    std::set<uid> owners;
    /// drop_finalizer: its name.
    std::string finalizer;
    /// Whose owners or dependents made the step necessary.
    uid cause{};
};

/// Who owns whom, at one revision of a store, and what must happen to those who lost their
/// owners. Pure: it is fed the store's events in order and answers with steps.
///
/// An owner that the graph does not know is gone, never "not seen yet": a reference names a uid
/// that existed when it was written, and the events of one store come in one order. Unless there
/// is an object that the graph was told to `miss`: it may be any owner, and any dependent.
class owner_graph {
public:
    void put(any_object const& object)
    {
        auto const& meta = object.metadata();
        if (auto const before = objects_.put(object))
            leave_owners(before.metadata());
        for (auto const& owner : meta.owner_references)
            dependents_[owner.uid].insert(meta.uid);
        mark(meta);
    }

    void erase(uid const& id)
    {
        if (auto const gone = objects_.take(id))
            leave_owners(gone.metadata());
    }

    /// @throws what reading an object throws; `miss` it then.
    void apply(store_event const& event)
    {
        bool const missed = missing_.erase(event.key) != 0;
        if (event.previous && !missed)
            erase(event.previous.metadata().uid);
        if (event.current)
            put(event.current);
        if (missed && missing_.empty())
            objects_.for_each(
                [this](any_object const& each) { dirty_.insert(each.metadata().uid); });
    }

    /// Notes that the object under a key of the store cannot be read, until the key changes.
    /// @returns whether that is news.
    bool miss(std::string const& key) { return missing_.insert(key).second; }

    [[nodiscard]] bool dirty() const noexcept { return !dirty_.empty(); }

    /// The steps for one object whose surroundings changed. @pre `dirty()`.
    [[nodiscard]] std::vector<collection_step> next_steps()
    {
        auto const id = *dirty_.begin();
        dirty_.erase(dirty_.begin());
        auto const* const found = objects_.find(id);
        if (found == nullptr)
            return {};
        std::vector<collection_step> steps;
        if (auto step = as_dependent(*found))
            steps.push_back(std::move(*step));
        as_owner(*found, steps);
        for (auto& step : steps)
            step.cause = id;
        return steps;
    }

    /// Puts off what made a step necessary, because the step was refused, until `due` at the
    /// latest: what was put off before it comes back together with it.
    void postpone(uid const& cause, instant due)
    {
        if (postponed_.empty())
            retry_at_ = due;
        postponed_.insert(cause);
    }

    /// When to `resume`; nothing if no step was put off.
    [[nodiscard]] std::optional<instant> retry_at() const
    {
        return postponed_.empty() ? std::nullopt : std::optional{retry_at_};
    }

    /// Decides again about what was put off, if its time has come.
    void resume(instant now)
    {
        if (!postponed_.empty() && now >= retry_at_)
            dirty_.merge(std::exchange(postponed_, {}));
    }

private:
    void leave_owners(object_meta const& meta)
    {
        for (auto const& owner : meta.owner_references)
            if (auto const of = dependents_.find(owner.uid); of != dependents_.end()) {
                of->second.erase(meta.uid);
                if (of->second.empty())
                    dependents_.erase(of);
            }
        mark(meta);
    }

    void mark(object_meta const& meta)
    {
        // Most objects own nothing, are owned by nobody and stay: there is nothing to decide.
        if (!meta.owner_references.empty() || meta.being_deleted())
            dirty_.insert(meta.uid);
        for (auto const& owner : meta.owner_references)
            dirty_.insert(owner.uid);
        if (auto const own = dependents_.find(meta.uid); own != dependents_.end())
            dirty_.insert(own->second.begin(), own->second.end());
    }

    [[nodiscard]] bool waits_in_foreground(any_object const& owner) const
    {
        return owner.metadata().being_deleted() &&
               has_finalizer(owner.metadata(), foreground_finalizer) &&
               !has_finalizer(owner.metadata(), orphan_finalizer);
    }

    [[nodiscard]] std::optional<collection_step> as_dependent(any_object const& object) const
    {
        auto const& meta = object.metadata();
        if (meta.owner_references.empty() || meta.being_deleted())
            return std::nullopt;
        bool solid = false;
        bool foreground = false;
        std::set<uid> leaving;
        for (auto const& owner : meta.owner_references) {
            auto const* const found = objects_.find(owner.uid);
            if (found == nullptr) {
                if (!missing_.empty())
                    return std::nullopt;
                leaving.insert(owner.uid);
            } else if (waits_in_foreground(*found)) {
                leaving.insert(owner.uid);
                foreground = true;
            } else {
                solid = true;
            }
        }
        if (leaving.empty())
            return std::nullopt;
        using act = collection_step::act;
        if (solid)
            return collection_step{act::drop_owners, object, std::move(leaving), {}, {}};
        auto const what = foreground ? act::remove_foreground : act::remove;
        return collection_step{what, object, {}, {}, {}};
    }

    void as_owner(any_object const& object, std::vector<collection_step>& steps) const
    {
        auto const& meta = object.metadata();
        if (!meta.being_deleted())
            return;
        auto const own = dependents_.find(meta.uid);
        if (has_finalizer(meta, orphan_finalizer)) {
            if (own == dependents_.end() && missing_.empty())
                steps.push_back(drop_finalizer(object, orphan_finalizer));
            else if (own != dependents_.end())
                for (auto const& id : own->second)
                    steps.push_back({collection_step::act::drop_owners,
                                     *objects_.find(id),
                                     {meta.uid},
                                     {},
                                     {}});
        }
        if (!has_finalizer(meta, foreground_finalizer))
            return;
        if (auto circular = circular_owners(meta); !circular.empty())
            steps.push_back(
                {collection_step::act::unblock_owners, object, std::move(circular), {}, {}});
        else if (missing_.empty() && !blocked(meta.uid))
            steps.push_back(drop_finalizer(object, foreground_finalizer));
    }

    /// The owners that wait for this object while it waits, through however many others, for them.
    [[nodiscard]] std::set<uid> circular_owners(object_meta const& of) const
    {
        std::set<uid> circular;
        for (auto const& owner : of.owner_references)
            if (owner.block_owner_deletion && waits_for(of.uid, owner.uid))
                circular.insert(owner.uid);
        return circular;
    }

    /// Whether `later` could go only after `earlier`, were both deleted in the foreground.
    [[nodiscard]] bool waits_for(uid const& later, uid const& earlier) const
    {
        std::set<uid> seen{earlier};
        std::vector<uid> climb{earlier};
        while (!climb.empty()) {
            auto const id = std::move(climb.back());
            climb.pop_back();
            if (id == later)
                return true;
            auto const* const found = objects_.find(id);
            if (found == nullptr)
                continue;
            for (auto const& owner : found->metadata().owner_references)
                if (owner.block_owner_deletion && seen.insert(owner.uid).second)
                    climb.push_back(owner.uid);
        }
        return false;
    }

    [[nodiscard]] bool blocked(uid const& owner) const
    {
        auto const own = dependents_.find(owner);
        if (own == dependents_.end())
            return false;
        for (auto const& id : own->second)
            for (auto const& reference : objects_.find(id)->metadata().owner_references)
                if (reference.uid == owner && reference.block_owner_deletion)
                    return true;
        return false;
    }

    [[nodiscard]] static collection_step drop_finalizer(any_object const& object, std::string name)
    {
        return {collection_step::act::drop_finalizer, object, {}, std::move(name), {}};
    }

    known_objects objects_;
    std::map<uid, std::set<uid>> dependents_;
    std::set<uid> dirty_;
    /// Keys of the store whose objects cannot be read.
    std::set<std::string> missing_;
    std::set<uid> postponed_;
    instant retry_at_{};
};

} // namespace converge::detail
