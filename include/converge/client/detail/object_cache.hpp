// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/detail/cache_slot.hpp>
#include <converge/client/detail/chunk_pool.hpp>
#include <converge/client/detail/cow_tree.hpp>
#include <converge/client/detail/index_definition.hpp>
#include <converge/client/detail/pin_table.hpp>
#include <converge/client/detail/retired_list.hpp>
#include <converge/client/detail/slot_table.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/key.hpp>
#include <converge/core/revision.hpp>
#include <converge/observe/logger.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::detail {

using slot_tree = cow_tree<cache_slot, slot_order>;
using entry_tree = cow_tree<index_entry, entry_order>;

/// What a cache shows from one publication to the next. Immutable.
struct cache_state {
    std::uint64_t number = 0;
    revision at{};
    std::size_t size = 0;
    slot_tree::node const* slots = nullptr;
    std::vector<std::pair<void const*, entry_tree::node const*>> indexes;

    /// The first slot that is not before this key, or the end.
    [[nodiscard]] slot_tree::cursor from(std::string_view space, std::string_view name) const
    {
        return slot_tree::seek(slots, [&](cache_slot const& each) {
            return slot_order::compare(each, space, name) < 0;
        });
    }
    /// The first slot of a later namespace, or the end.
    [[nodiscard]] slot_tree::cursor behind(std::string_view space) const
    {
        return slot_tree::seek(slots,
                               [&](cache_slot const& each) { return each.space() <= space; });
    }
    /// The entries of a value. @pre The cache has that index.
    [[nodiscard]] std::pair<entry_tree::cursor, entry_tree::cursor> by(void const* index,
                                                                       std::string_view value) const
    {
        entry_tree::node const* root = nullptr;
        for (auto const& [name, entries] : indexes)
            if (name == index)
                root = entries;
        auto const begin =
            entry_tree::seek(root, [&](index_entry const& each) { return each.value() < value; });
        auto const end =
            entry_tree::seek(root, [&](index_entry const& each) { return each.value() <= value; });
        return {begin, end};
    }
};

/// The objects of one kind by key, in order, and by what they contain. One strand changes it, and
/// reads it without locks; any thread reads pinned states of it (see `pinned_state`).
///
/// An object is a slot with a chain of versions: an update adds a version and touches nothing
/// else, unless a value of an index changed. Creates and deletes change the trees, which share
/// with earlier states what did not change. Readers on other threads see nothing of a batch before
/// `publish`, and everything after it. What no pinned state shows is freed by `settle`, in the
/// order in which it was replaced: a state that stays pinned holds back all that changed since.
///
/// @par Complexity  Finds are constant on average; an update costs about as much as a find plus a
///                  call of each index function; a create or delete is logarithmic.
class object_cache {
public:
    /// A change of the batch in hand.
    struct change {
        /// Null if the object appeared; null `after` if it is gone.
        cache_version const* before;
        cache_version const* after;
        revision at;
    };

    CONVERGE_DECL explicit object_cache(logger log = {});
    object_cache(object_cache const&) = delete;
    object_cache& operator=(object_cache const&) = delete;
    CONVERGE_DECL ~object_cache();

    /// @name Reads, on the strand
    /// @{

    /// The index by the uid of each owner; always there.
    [[nodiscard]] static void const* by_owner() noexcept { return &owner_index_name; }

    /// Empty if there is none.
    [[nodiscard]] any_object find(object_key const& id) const
    {
        auto const* const found = look(id);
        return found == nullptr ? any_object{} : *found;
    }
    /// As `find`, but null if there is none, and only until the next await.
    [[nodiscard]] any_object const* look(object_key const& id) const noexcept
    {
        auto const* const slot = table_.find(id.namespace_, id.name);
        return slot == nullptr ? nullptr : &newest(*slot)->object;
    }
    /// As `look`, with the hash that std::hash finds of the key, spread.
    [[nodiscard]] any_object const* look(object_key const& id, std::uint32_t hash) const noexcept
    {
        auto const* const slot = table_.find(id.namespace_, id.name, hash);
        return slot == nullptr ? nullptr : &newest(*slot)->object;
    }
    /// As `slot_table::foresee`, for the object too.
    [[gnu::always_inline]] void foresee(std::uint32_t hash, unsigned steps) const noexcept
    {
        table_.foresee(hash, steps);
    }
    [[nodiscard]] std::size_t size() const noexcept { return table_.size(); }
    [[nodiscard]] revision at() const noexcept { return present().at; }

    /// Calls `visit(any_object const&)` in the order of keys. It must not await.
    template <class Visitor>
    void for_each(Visitor visit) const
    {
        for (auto each = slot_tree::begin(slots_.root()); each.get() != nullptr; each.step())
            visit(newest(*each.get())->object);
    }

    /// As above, those of a namespace.
    template <class Visitor>
    void for_each_in(std::string_view space, Visitor visit) const
    {
        auto each = present().from(space, {});
        for (; each.get() != nullptr && each.get()->space() == space; each.step())
            visit(newest(*each.get())->object);
    }
    /// As above, those that an index finds. @pre `has_index(index)`.
    template <class Visitor>
    void for_each_by(void const* index, std::string_view value, Visitor visit) const
    {
        auto [each, end] = present().by(index, value);
        for (; !(each == end); each.step())
            visit(newest(*each.get()->of)->object);
    }

    /// What is published; of a cache that shows nothing yet, an empty state.
    [[nodiscard]] cache_state const& present() const noexcept
    {
        auto const* const state = current_.load(std::memory_order_relaxed);
        return state != nullptr ? *state : empty_state();
    }

    [[nodiscard]] CONVERGE_DECL bool has_index(void const* name) const;

    /// @}
    /// @name Changes, on the strand
    /// @{

    /// Adds an index unless there is one of that name, and publishes it.
    /// @par Complexity  Reads every object once.
    CONVERGE_DECL void add_index(index_definition added);

    /// Puts an object unless it is the one that is there.
    /// @pre `now.metadata()` does not throw.
    CONVERGE_DECL void put(any_object const& now, revision at);

    CONVERGE_DECL void erase(object_meta const& gone, revision at);

    /// Makes `items` all that there is; what is gone is gone at `at`. @pre As `put`, for each.
    CONVERGE_DECL void replace(std::vector<any_object> items, revision at);

    /// Shows what was changed, as the state at `at`, to all readers at once.
    CONVERGE_DECL void publish(revision at);

    /// The changes since `settle`, in order; what they refer to stays until then.
    [[nodiscard]] std::vector<change> const& changes() const noexcept { return changes_; }

    /// Ends the batch: forgets the changes, and frees what nobody can see any more.
    CONVERGE_DECL void settle();

    /// @}

    /// How many things wait to be freed.
    [[nodiscard]] std::size_t held_back() const noexcept { return retired_.size(); }

private:
    friend class pinned_state;

    struct kept_index {
        index_definition what;
        entry_tree entries;
        /// While the index is built: what is to be in it.
        std::vector<index_entry*> fresh;
    };

    [[nodiscard]] static cache_version* newest(cache_slot const& of) noexcept
    {
        return of.newest.load(std::memory_order_relaxed);
    }
    [[nodiscard]] CONVERGE_DECL static cache_state const& empty_state() noexcept;
    [[nodiscard]] tree_edit edit() noexcept { return {building_, retired_}; }

    CONVERGE_DECL cache_slot& put_slot(any_object now, revision at);
    CONVERGE_DECL void erase_slot(cache_slot& gone, revision at);
    CONVERGE_DECL void retire(cache_version& dead);
    CONVERGE_DECL void show(cache_slot& slot, any_object now, revision at);

    /// Brings what the indexes say of an object in line with it.
    CONVERGE_DECL void index_object(cache_slot& slot, any_object const& now);
    CONVERGE_DECL void index_object(cache_slot& slot, any_object const& now, std::uint32_t in,
                                    index_entry**& link);
    CONVERGE_DECL void collect(kept_index const& in, any_object const& of);
    CONVERGE_DECL void drop_entry(index_entry& dead);
    CONVERGE_DECL void build_trees();

    CONVERGE_DECL static void collect_owners(any_object const& of, index_values& into);
    CONVERGE_DECL static void free_version(void* home, void* dead);
    CONVERGE_DECL static void free_state(void* home, void* dead);

    static constexpr char owner_index_name = 0;

    logger log_;
    slot_table table_;
    slot_tree slots_;
    std::vector<kept_index> indexes_;
    chunk_pool<cache_version> versions_;
    retired_list retired_;
    std::vector<std::unique_ptr<cache_state>> spare_states_;
    std::vector<change> changes_;
    index_values values_;
    /// While the trees are built at once: the slots that are to be in it.
    std::vector<cache_slot*> fresh_;
    bool building_trees_ = false;
    std::uint32_t lists_ = 0;
    /// The number of the state that is being made.
    std::uint64_t building_ = pin_table::everything + 1;

    std::atomic<cache_state*> current_{nullptr};
    mutable pin_table pins_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/client/impl/object_cache.ipp>
#endif
