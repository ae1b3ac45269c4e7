// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/any_object.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/key.hpp>
#include <converge/core/uid.hpp>
#include <converge/observe/logger.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace converge::detail {

/// The objects of one kind by key, with indexes from what an object contains to the keys of those
/// that contain it. The index by owner is always there; others are added when first asked for.
class object_cache {
public:
    /// The values that an object is found by, the same each time; none if it is not in the index.
    /// If it throws, which `log` is told, that object is not in that index.
    using index_function = std::function<std::vector<std::string>(any_object const&)>;

    CONVERGE_DECL explicit object_cache(logger log = {});

    /// The name of the index by the uid of each owner.
    [[nodiscard]] static void const* by_owner() noexcept { return &owner_index_name; }

    [[nodiscard]] std::map<object_key, any_object> const& objects() const noexcept
    {
        return objects_;
    }

    [[nodiscard]] CONVERGE_DECL any_object find(object_key const& id) const;

    /// Puts or, if `now` is empty, erases.
    CONVERGE_DECL void set(object_key const& id, any_object const& now);

    [[nodiscard]] CONVERGE_DECL bool has_index(void const* name) const;

    /// @par Complexity  Reads every object once.
    CONVERGE_DECL void add_index(void const* name, index_function values);

    /// The objects found by `value`, in key order. @pre `has_index(name)`.
    [[nodiscard]] CONVERGE_DECL std::vector<any_object> look_up(void const* name,
                                                                std::string const& value) const;

private:
    using value_list = std::vector<std::string>;

    struct index {
        index_function values_of;
        std::map<std::string, std::set<object_key>> entries;

        CONVERGE_DECL void move(object_key const& id, value_list const& before,
                                value_list const& now);
    };

    /// How an index must change. The user's functions are called for it, nothing is changed.
    struct index_move {
        index* in;
        value_list before;
        value_list now;
    };

    [[nodiscard]] CONVERGE_DECL index_move plan(index& in, any_object const& before,
                                                any_object const& now) const;

    [[nodiscard]] CONVERGE_DECL static std::vector<std::string> owners_of(any_object const& object);

    static constexpr char owner_index_name = 0;

    std::map<object_key, any_object> objects_;
    std::map<void const*, index> indexes_;
    logger log_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/client/impl/object_cache.ipp>
#endif
