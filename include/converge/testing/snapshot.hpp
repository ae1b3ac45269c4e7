// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/any_object.hpp>
#include <converge/codec/resource_type.hpp>
#include <converge/core/key.hpp>
#include <converge/core/revision.hpp>
#include <converge/model/object.hpp>
#include <converge/store/store_key.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace converge::testing {

/// Everything that a store holds at one revision, for checks. Refers to the simulation that made it;
/// use it while the check runs.
class snapshot {
public:
    using objects = std::map<std::string, any_object>;

    snapshot(objects const& all, revision at) : all_{&all}, at_{at} {}

    /// The objects of a kind, in the order of namespace and name.
    template <class R>
    [[nodiscard]] std::vector<object_ptr<R>> all() const
    {
        std::vector<object_ptr<R>> found;
        auto const prefix = store_prefix(type_of<R>());
        for (auto each = all_->lower_bound(prefix);
             each != all_->end() && each->first.starts_with(prefix); ++each)
            found.push_back(each->second.template as<R>());
        return found;
    }

    /// The object; null if there is none.
    template <class R>
    [[nodiscard]] object_ptr<R> find(key<R> id) const
    {
        auto const found = all_->find(store_key(type_of<R>(), std::move(id)));
        return found == all_->end() ? nullptr : found->second.template as<R>();
    }

    /// By the keys of the store.
    [[nodiscard]] objects const& everything() const noexcept { return *all_; }
    [[nodiscard]] revision at() const noexcept { return at_; }

private:
    objects const* all_;
    revision at_;
};

} // namespace converge::testing
