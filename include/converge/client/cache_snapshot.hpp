// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/detail/pinned_state.hpp>
#include <converge/client/index_of.hpp>
#include <converge/core/key.hpp>
#include <converge/core/revision.hpp>
#include <converge/model/object.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <ranges>
#include <string_view>
#include <utility>

namespace converge {

namespace detail {

[[nodiscard]] inline cache_slot const& slot_of(cache_slot const& slot) noexcept { return slot; }
[[nodiscard]] inline cache_slot const& slot_of(index_entry const& entry) noexcept
{
    return *entry.of;
}

} // namespace detail

/// Walks over objects of a `cache_snapshot`, in order. Touches no reference count: `share()` does,
/// to keep an object for longer than the snapshot.
template <class R, class Cursor>
class cache_iterator {
public:
    using value_type = object<R>;
    using difference_type = std::ptrdiff_t;
    using reference = object<R> const&;
    using pointer = object<R> const*;
    using iterator_category = std::forward_iterator_tag;

    cache_iterator() = default;
    cache_iterator(Cursor at, std::uint64_t state) : at_{at}, state_{state} {}

    [[nodiscard]] reference operator*() const { return *static_cast<pointer>(seen().get()); }
    [[nodiscard]] pointer operator->() const { return &**this; }
    [[nodiscard]] object_ptr<R> share() const { return seen().template as<R>(); }

    cache_iterator& operator++()
    {
        at_.step();
        return *this;
    }
    cache_iterator operator++(int)
    {
        auto const before = *this;
        at_.step();
        return before;
    }

    friend bool operator==(cache_iterator const& left, cache_iterator const& right) noexcept
    {
        return left.at_ == right.at_;
    }

private:
    [[nodiscard]] any_object const& seen() const noexcept
    {
        return detail::slot_of(*at_.get()).seen_at(state_)->object;
    }

    Cursor at_;
    std::uint64_t state_ = 0;
};

/// Some objects of a `cache_snapshot`, which must live: a forward range and a view.
template <class R, class Cursor>
class cached_range : public std::ranges::view_interface<cached_range<R, Cursor>> {
public:
    using iterator = cache_iterator<R, Cursor>;

    cached_range() = default;
    cached_range(iterator begin, iterator end) : begin_{begin}, end_{end} {}

    [[nodiscard]] iterator begin() const { return begin_; }
    [[nodiscard]] iterator end() const { return end_; }

private:
    iterator begin_;
    iterator end_;
};

/// All objects of one kind as they were at one revision, for a reader on any thread, for as long
/// as it likes: the writer goes on meanwhile. A forward range of `object<R> const&` in the order
/// of namespace and name, as are its parts.
///
/// Taking one waits for nobody, and makes nobody wait; nor does reading it. Everything that it
/// answers comes from one state of the cache: what one event, or one list, changed is there whole
/// or not at all.
///
/// @par Lifetime  Keeps the cache alive, and what it shows: until it is gone, everything that
///                changed since then is held twice. So keep it for a computation, not for ever.
///                Ranges and references live as long as it; `object_ptr`s longer.
/// @par Threads   Any; one snapshot on one thread at a time, except for reading. Copies are cheap.
/// @par Bounds    See `detail::pin_table`: sixteen at a time for a kind cost nothing.
/// @par Example
/// @code
/// for (auto const& each : pods.snapshot())
///     requested += each.spec.cpu;
/// @endcode
template <class R, index_on<R>... Indexes>
class cache_snapshot {
public:
    using range = cached_range<R, detail::slot_tree::cursor>;
    using found_range = cached_range<R, detail::entry_tree::cursor>;
    using iterator = typename range::iterator;

    explicit cache_snapshot(std::shared_ptr<detail::object_cache const> of) : state_{std::move(of)}
    {}

    /// The object, or null. Logarithmic.
    [[nodiscard]] object_ptr<R> find(key<R> const& id) const
    {
        auto const* const slot = look(id);
        return slot != nullptr ? slot->seen_at(state_->number)->object.template as<R>() : nullptr;
    }
    [[nodiscard]] bool contains(key<R> const& id) const { return look(id) != nullptr; }

    [[nodiscard]] iterator begin() const
    {
        return {detail::slot_tree::begin(state_->slots), state_->number};
    }
    [[nodiscard]] iterator end() const { return {}; }
    [[nodiscard]] std::size_t size() const noexcept { return state_->size; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    [[nodiscard]] range all() const& { return {begin(), end()}; }
    void all() const&& = delete;

    /// Those in a namespace.
    [[nodiscard]] range in(std::string_view space) const&
    {
        return {{state_->from(space, {}), state_->number}, {state_->behind(space), state_->number}};
    }
    void in(std::string_view space) const&& = delete;

    /// Those that an index finds by `value`.
    template <class Index>
        requires(std::same_as<Index, Indexes> || ...)
    [[nodiscard]] found_range by(std::string_view value) const&
    {
        return found(&detail::index_name<Index>, value);
    }
    template <class Index>
        requires(std::same_as<Index, Indexes> || ...)
    void by(std::string_view value) const&& = delete;

    /// Those that `owner` owns, by its uid.
    template <class Owner>
    [[nodiscard]] found_range owned_by(object<Owner> const& owner) const&
    {
        return found(detail::object_cache::by_owner(), owner.metadata.uid.str());
    }
    template <class Owner>
    void owned_by(object<Owner> const& owner) const&& = delete;

    /// The revision that this shows; zero of a cache that has shown nothing yet.
    [[nodiscard]] revision at() const noexcept { return state_->at; }

private:
    [[nodiscard]] detail::cache_slot const* look(object_key const& id) const
    {
        auto const* const slot = state_->from(id.namespace_, id.name).get();
        return slot != nullptr && slot->space() == id.namespace_ && slot->name() == id.name
                   ? slot
                   : nullptr;
    }

    [[nodiscard]] found_range found(void const* index, std::string_view value) const
    {
        auto const [begin, end] = state_->by(index, value);
        return {{begin, state_->number}, {end, state_->number}};
    }

    detail::pinned_state state_;
};

} // namespace converge
