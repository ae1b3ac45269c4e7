// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/detail/judge.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace converge::testing::detail {

/// Judges what controllers do to objects: that they change and remove only what the object that
/// they reconcile owns, or nobody; that removals were allowed by some version of the owner; that no
/// owner has more children than it ever asked for.
class deeds_judge final : public judge {
public:
    using judge::judge;

    using allows = std::function<bool(any_object const& owner, any_object const& child)>;
    using counts = std::function<std::size_t(any_object const& owner)>;

    void allow_all_on(resource_type const& type) { shared_.insert(&type); }
    void removes_only_if(resource_type const& owner, resource_type const& child, allows allowed)
    {
        allowed_.push_back({&owner, &child, std::move(allowed), {}});
    }
    void at_most(resource_type const& owner, resource_type const& child, counts asked,
                 std::size_t surge)
    {
        bounds_.push_back({&owner, &child, std::move(asked), surge});
    }

    CONVERGE_DECL void wrote(write_seen const& one) override;

private:
    struct permission {
        resource_type const* owner;
        resource_type const* child;
        allows allowed;
        /// Every version of every owner, by uid.
        std::map<std::string, std::vector<any_object>> versions;
    };
    struct bound {
        resource_type const* owner;
        resource_type const* child;
        counts asked;
        std::size_t surge;
        /// By the owner's uid.
        std::map<std::string, std::size_t> most{};
        std::map<std::string, std::set<std::string>> living{};
    };

    CONVERGE_DECL void check_ownership(write_seen const& one);
    CONVERGE_DECL void check_removals(write_seen const& one);
    CONVERGE_DECL void check_removal(permission const& rule, write_seen const& one);
    CONVERGE_DECL void check_bound(bound& of, write_seen const& one);

    std::set<resource_type const*> shared_;
    std::vector<permission> allowed_;
    std::vector<bound> bounds_;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/deeds_judge.ipp>
#endif
