// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/informer.hpp>
#include <converge/model/label_selector.hpp>
#include <converge/model/object.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace converge {

/// A way to look objects of kind `R` up by what they contain: declare one a program,
/// `inline converge::index_of<pod> const by_node{[](converge::object<pod> const& of) {…}};`,
/// and ask `pods.by(by_node, "n1")`. Its address is its identity.
template <class R>
class index_of {
public:
    explicit index_of(std::function<std::string(object<R> const&)> value)
        : values_{[value = std::move(value)](any_object const& of) {
              std::vector<std::string> only;
              only.push_back(value(*of.as<R>()));
              return only;
          }}
    {
    }
    index_of(index_of const&) = delete;
    index_of& operator=(index_of const&) = delete;

private:
    template <class>
    friend class view;

    detail::object_cache::index_function values_;
};

/// What a reconciler reads: all objects of one kind, from a cache in this process.
///
/// Between two awaits all reads show one state, never older than what this controller itself
/// wrote for the key in hand. Objects are shared and immutable; results are in the order of
/// namespace and name.
///
/// @par Threads  The strand of the control plane.
template <class R>
class view {
public:
    explicit view(std::shared_ptr<informer> from) : from_{std::move(from)} {}

    /// The object, or null.
    [[nodiscard]] object_ptr<R> find(key<R> const& id) const
    {
        auto const found = cache().find(id);
        return found ? found.template as<R>() : nullptr;
    }

    [[nodiscard]] std::vector<object_ptr<R>> all() const
    {
        std::vector<object_ptr<R>> found;
        found.reserve(cache().objects().size());
        for (auto const& [id, object] : cache().objects())
            found.push_back(object.template as<R>());
        return found;
    }

    [[nodiscard]] std::vector<object_ptr<R>> in(std::string const& space) const
    {
        std::vector<object_ptr<R>> found;
        auto const& objects = cache().objects();
        for (auto at = objects.lower_bound(object_key{space, {}});
             at != objects.end() && at->first.namespace_ == space; ++at)
            found.push_back(at->second.template as<R>());
        return found;
    }

    /// Those in a namespace that a selector chooses.
    [[nodiscard]] std::vector<object_ptr<R>> in(std::string const& space,
                                                label_selector const& selector) const
    {
        auto found = in(space);
        std::erase_if(found, [&](auto const& object) {
            return !selector.matches(object->metadata.labels);
        });
        return found;
    }

    /// Those that `owner` owns, by its uid.
    template <class Owner>
    [[nodiscard]] std::vector<object_ptr<R>> owned_by(object<Owner> const& owner) const
    {
        return typed(cache().look_up(detail::object_cache::by_owner(), owner.metadata.uid.str()));
    }

    /// Those that an index finds by `value`. The first use of an index reads every object once.
    [[nodiscard]] std::vector<object_ptr<R>> by(index_of<R> const& index,
                                                std::string const& value) const
    {
        if (!cache().has_index(&index))
            from_->cache().add_index(&index, index.values_);
        return typed(cache().look_up(&index, value));
    }

    [[nodiscard]] std::size_t size() const { return cache().objects().size(); }
    /// The revision that this shows.
    [[nodiscard]] revision at() const { return from_->through(); }

private:
    [[nodiscard]] detail::object_cache const& cache() const { return from_->cache(); }

    [[nodiscard]] static std::vector<object_ptr<R>> typed(std::vector<any_object> const& objects)
    {
        std::vector<object_ptr<R>> found;
        found.reserve(objects.size());
        for (auto const& object : objects)
            found.push_back(object.template as<R>());
        return found;
    }

    std::shared_ptr<informer> from_;
};

} // namespace converge
