// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/detail/object_cache.hpp>

#include <converge/core/detail/caught.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::detail {

/// A store that was lost and began anew counts its revisions anew: the uid tells.
[[nodiscard]] inline bool same_state(object_meta const& left, object_meta const& right)
{
    return left.resource_version == right.resource_version && left.uid == right.uid;
}

/// Sorts by text first: most of the comparisons need the begin of it alone, which stands beside the
/// pointer.
template <class T, class TextOf, class Before>
void sort_by_text(std::vector<T*>& all, TextOf text_of, Before before)
{
    // A store lists in an order that is nearly that of the keys.
    auto const is_before = [&](T const* left, T const* right) { return before(*left, *right); };
    if (std::is_sorted(all.begin(), all.end(), is_before))
        return;
    std::vector<std::pair<std::uint64_t, T*>> begun;
    begun.reserve(all.size());
    for (auto* const each : all) {
        std::uint64_t begin = 0;
        std::string_view const text = text_of(*each);
        for (std::size_t i = 0; i != sizeof begin; ++i)
            begin = begin << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0u);
        begun.emplace_back(begin, each);
    }
    std::sort(begun.begin(), begun.end(), [&](auto const& left, auto const& right) {
        return left.first != right.first ? left.first < right.first
                                         : before(*left.second, *right.second);
    });
    std::transform(begun.begin(), begun.end(), all.begin(),
                   [](auto const& each) { return each.second; });
}

CONVERGE_DECL object_cache::object_cache(logger log) : log_{std::move(log)}
{
    indexes_.push_back({{by_owner(), &collect_owners}, {}, {}});
}

CONVERGE_DECL object_cache::~object_cache()
{
    retired_.free_before(building_);
    table_.for_each([this](cache_slot& each) {
        for (auto* entry = each.entries; entry != nullptr;)
            index_entry::free(nullptr, std::exchange(entry, entry->next));
        free_version(this, newest(each));
        cache_slot::free(nullptr, &each);
    });
    delete current_.load(std::memory_order_relaxed);
}

CONVERGE_DECL cache_state const& object_cache::empty_state() noexcept
{
    static cache_state const nothing{};
    return nothing;
}

CONVERGE_DECL bool object_cache::has_index(void const* name) const
{
    return std::any_of(indexes_.begin(), indexes_.end(),
                       [&](kept_index const& each) { return each.what.name == name; });
}

CONVERGE_DECL void object_cache::add_index(index_definition added)
{
    if (has_index(added.name))
        return;
    indexes_.push_back({added, {}, {}});
    auto const* const state = current_.load(std::memory_order_relaxed);
    if (state == nullptr)
        return;
    auto const in = static_cast<std::uint32_t>(indexes_.size() - 1);
    building_trees_ = true;
    for (auto each = slot_tree::begin(slots_.root()); each.get() != nullptr; each.step()) {
        auto** link = &each.get()->entries;
        while (*link != nullptr)
            link = &(*link)->next;
        index_object(*each.get(), newest(*each.get())->object, in, link);
    }
    build_trees();
    publish(state->at);
}

CONVERGE_DECL void object_cache::put(any_object const& now, revision at) { put_slot(now, at); }

CONVERGE_DECL cache_slot& object_cache::put_slot(any_object now, revision at)
{
    auto const& meta = now.metadata();
    auto const hash = slot_table::hash_of(meta.namespace_, meta.name);
    if (auto* const there = table_.find(meta.namespace_, meta.name, hash)) {
        // A list that has an object twice: what is built at once has each once.
        if (building_trees_)
            build_trees();
        if (!same_state(newest(*there)->object.metadata(), meta))
            show(*there, std::move(now), at);
        return *there;
    }
    auto& made = *cache_slot::make(meta.namespace_, meta.name);
    table_.insert(made, hash);
    show(made, std::move(now), at);
    if (building_trees_)
        fresh_.push_back(&made);
    else
        slots_.insert(made, edit());
    return made;
}

CONVERGE_DECL void object_cache::show(cache_slot& slot, any_object now, revision at)
{
    auto* const before = newest(slot);
    auto* const after = versions_.make(std::move(now), building_, before);
    slot.newest.store(after, std::memory_order_release);
    changes_.push_back({before, after, at});
    if (before != nullptr)
        retire(*before);
    index_object(slot, after->object);
}

CONVERGE_DECL void object_cache::retire(cache_version& dead)
{
    retired_.add(building_ - 1, this, &dead, &free_version);
}

CONVERGE_DECL void object_cache::erase(object_meta const& gone, revision at)
{
    if (auto* const there = table_.find(gone.namespace_, gone.name))
        erase_slot(*there, at);
}

CONVERGE_DECL void object_cache::erase_slot(cache_slot& gone, revision at)
{
    auto* const before = newest(gone);
    changes_.push_back({before, nullptr, at});
    table_.erase(gone);
    slots_.erase(gone, edit());
    for (auto* entry = std::exchange(gone.entries, nullptr); entry != nullptr;)
        drop_entry(*std::exchange(entry, entry->next));
    retire(*before);
    retired_.add(building_ - 1, this, &gone, &cache_slot::free);
}

CONVERGE_DECL void object_cache::replace(std::vector<any_object> items, revision at)
{
    ++lists_;
    table_.reserve(items.size());
    building_trees_ = table_.size() == 0;
    if (building_trees_) {
        fresh_.reserve(items.size());
        changes_.reserve(changes_.size() + items.size());
    }
    std::size_t there = 0;
    for (std::size_t i = 0; i != items.size(); ++i) {
        if (i + 4 < items.size())
            items[i + 4].foresee();
        auto const written = items[i].metadata().resource_version;
        auto& slot = put_slot(std::move(items[i]), written);
        there += slot.list == lists_ ? 0 : 1;
        slot.list = lists_;
    }
    if (building_trees_)
        build_trees();
    std::vector<cache_slot*> gone;
    if (table_.size() != there)
        for (auto each = slot_tree::begin(slots_.root()); each.get() != nullptr; each.step())
            if (each.get()->list != lists_)
                gone.push_back(each.get());
    for (auto* const each : gone)
        erase_slot(*each, at);
}

CONVERGE_DECL void object_cache::build_trees()
{
    building_trees_ = false;
    if (!fresh_.empty()) {
        sort_by_text(
            fresh_, [](cache_slot const& each) { return each.space(); }, &slot_order::before);
        slots_.assign(fresh_, edit());
        fresh_ = {};
    }
    for (auto& each : indexes_) {
        if (each.fresh.empty())
            continue;
        sort_by_text(
            each.fresh, [](index_entry const& one) { return one.value(); }, &entry_order::before);
        each.entries.assign(each.fresh, edit());
        each.fresh = {};
    }
}

CONVERGE_DECL void object_cache::publish(revision at)
{
    std::unique_ptr<cache_state> fresh;
    if (spare_states_.empty()) {
        fresh = std::make_unique<cache_state>();
    } else {
        fresh = std::move(spare_states_.back());
        spare_states_.pop_back();
    }
    fresh->number = building_;
    fresh->at = at;
    fresh->size = table_.size();
    fresh->slots = slots_.root();
    fresh->indexes.clear();
    for (auto const& each : indexes_)
        fresh->indexes.emplace_back(each.what.name, each.entries.root());
    auto* const before = current_.load(std::memory_order_relaxed);
    // Before the scan in `settle`, in the one order of both: see pin_table.
    current_.store(fresh.release());
    if (before != nullptr)
        retired_.add(building_ - 1, this, before, &free_state);
    ++building_;
}

CONVERGE_DECL void object_cache::settle()
{
    changes_.clear();
    if (changes_.capacity() > 4096)
        changes_ = {};
    if (!retired_.empty())
        retired_.free_before(pins_.oldest(building_ - 1));
}

CONVERGE_DECL void object_cache::index_object(cache_slot& slot, any_object const& now)
{
    auto** link = &slot.entries;
    for (std::uint32_t in = 0; in != indexes_.size(); ++in)
        index_object(slot, now, in, link);
}

/// Both what was and what is to be are in order of their values. @param link where the entries of
/// this index begin; moved behind them.
CONVERGE_DECL void object_cache::index_object(cache_slot& slot, any_object const& now,
                                              std::uint32_t in, index_entry**& link)
{
    auto& of = indexes_[in];
    collect(of, now);
    auto const& wanted = values_.sorted();
    auto value = wanted.begin();
    while (true) {
        auto* const entry = *link != nullptr && (*link)->index == in ? *link : nullptr;
        if (entry == nullptr && value == wanted.end())
            return;
        auto const order = entry == nullptr        ? -1
                           : value == wanted.end() ? 1
                                                   : value->compare(entry->value());
        if (order > 0) {
            *link = entry->next;
            drop_entry(*entry);
            continue;
        }
        if (order < 0) {
            auto* const made = index_entry::make(&slot, in, *value);
            made->next = *link;
            *link = made;
            if (building_trees_)
                of.fresh.push_back(made);
            else
                of.entries.insert(*made, edit());
        }
        link = &(*link)->next;
        ++value;
    }
}

CONVERGE_DECL void object_cache::collect(kept_index const& in, any_object const& of)
{
    values_.clear();
    try {
        in.what.collect(of, values_);
    } catch (...) {
        values_.clear();
        log_.about(of.ref()).error("an index function threw; the index leaves the object out",
                                   {{"why", caught().what()}});
    }
}

CONVERGE_DECL void object_cache::drop_entry(index_entry& dead)
{
    indexes_[dead.index].entries.erase(dead, edit());
    retired_.add(building_ - 1, this, &dead, &index_entry::free);
}

CONVERGE_DECL void object_cache::collect_owners(any_object const& of, index_values& into)
{
    for (auto const& owner : of.metadata().owner_references)
        into.add(owner.uid.str());
}

CONVERGE_DECL void object_cache::free_version(void* home, void* dead)
{
    static_cast<object_cache*>(home)->versions_.destroy(static_cast<cache_version*>(dead));
}

CONVERGE_DECL void object_cache::free_state(void* home, void* dead)
{
    std::unique_ptr<cache_state> state{static_cast<cache_state*>(dead)};
    auto& spare = static_cast<object_cache*>(home)->spare_states_;
    if (spare.size() < 2)
        spare.push_back(std::move(state));
}

} // namespace converge::detail
