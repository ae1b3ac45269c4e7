// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/cache_snapshot.hpp>
#include <converge/client/index_of.hpp>
#include <converge/client/informer.hpp>
#include <converge/model/label_selector.hpp>
#include <converge/model/object.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

/// What a reconciler reads: all objects of one kind, from a cache in this process, which keeps
/// the indexes that are named here.
///
/// Between two awaits all reads show one state, never older than what this controller itself
/// wrote for the key in hand. Objects are shared and immutable; results are in the order of
/// namespace and name. For reading many objects, or for a state that stays the same over awaits or
/// goes to another thread, take a `snapshot`.
///
/// @par Threads  The strand of the control plane, but for `snapshot`.
template <class R, class... Indexes>
class view {
    static_assert((index_on<Indexes, R> && ...),
                  "each index of a view is derived from converge::index_of<R> of the same kind");

public:
    /// Makes the cache keep the indexes. @pre The informer is of kind `R`.
    explicit view(std::shared_ptr<informer> from) : from_{std::move(from)}
    {
        (from_->cache().add_index(detail::definition_of<Indexes>()), ...);
    }
    /// Of a view with more indexes.
    template <class... Others>
        requires(sizeof...(Others) != sizeof...(Indexes))
    view(view<R, Others...> const& other) : view{other.from_}
    {}

    /// The object, or null.
    [[nodiscard]] object_ptr<R> find(key<R> const& id) const
    {
        auto const* const found = cache().look(id);
        return found != nullptr ? found->template as<R>() : nullptr;
    }

    [[nodiscard]] std::vector<object_ptr<R>> all() const
    {
        std::vector<object_ptr<R>> found;
        found.reserve(cache().size());
        cache().for_each([&](any_object const& each) { found.push_back(each.template as<R>()); });
        return found;
    }

    [[nodiscard]] std::vector<object_ptr<R>> in(std::string_view space) const
    {
        std::vector<object_ptr<R>> found;
        cache().for_each_in(
            space, [&](any_object const& each) { found.push_back(each.template as<R>()); });
        return found;
    }

    /// Those in a namespace that a selector chooses.
    [[nodiscard]] std::vector<object_ptr<R>> in(std::string_view space,
                                                label_selector const& selector) const
    {
        std::vector<object_ptr<R>> found;
        cache().for_each_in(space, [&](any_object const& each) {
            if (selector.matches(each.metadata().labels))
                found.push_back(each.template as<R>());
        });
        return found;
    }

    /// Those that `owner` owns, by its uid.
    template <class Owner>
    [[nodiscard]] std::vector<object_ptr<R>> owned_by(object<Owner> const& owner) const
    {
        return found_by(detail::object_cache::by_owner(), owner.metadata.uid.str());
    }

    /// Those that an index finds by `value`.
    template <class Index>
        requires(std::same_as<Index, Indexes> || ...)
    [[nodiscard]] std::vector<object_ptr<R>> by(std::string_view value) const
    {
        return found_by(&detail::index_name<Index>, value);
    }

    [[nodiscard]] std::size_t size() const { return cache().size(); }
    /// The revision that this shows.
    [[nodiscard]] revision at() const { return from_->through(); }

    /// What the cache shows now, to be kept. @par Threads  Any.
    [[nodiscard]] cache_snapshot<R, Indexes...> snapshot() const
    {
        return cache_snapshot<R, Indexes...>{from_->shared_cache()};
    }

private:
    template <class, class...>
    friend class view;

    [[nodiscard]] detail::object_cache const& cache() const { return from_->cache(); }

    [[nodiscard]] std::vector<object_ptr<R>> found_by(void const* index,
                                                      std::string_view value) const
    {
        std::vector<object_ptr<R>> found;
        cache().for_each_by(
            index, value, [&](any_object const& each) { found.push_back(each.template as<R>()); });
        return found;
    }

    std::shared_ptr<informer> from_;
};

} // namespace converge
