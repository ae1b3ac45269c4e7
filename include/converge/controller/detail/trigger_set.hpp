// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/trigger.hpp>
#include <converge/core/detail/config.hpp>

#include <memory>
#include <vector>

namespace converge::detail {

/// Who hears of changes for as long as the set has the trigger.
class trigger_follower {
public:
    virtual void follow(std::shared_ptr<trigger const> const& added) = 0;
    virtual void leave(trigger const& removed) noexcept = 0;

protected:
    ~trigger_follower() = default;
};

/// Triggers that come and go, and the controllers that run and follow them. Followers may come and
/// go, and triggers too, while it tells of one.
class trigger_set {
public:
    [[nodiscard]] CONVERGE_DECL static std::shared_ptr<trigger_set> make();

    /// @throws what a follower throws that cannot follow it: then it is not added.
    CONVERGE_DECL std::shared_ptr<trigger const> add(trigger made);

    CONVERGE_DECL void remove(trigger const& which) noexcept;

    /// @throws what `who` throws that cannot follow one of them: then it follows none.
    CONVERGE_DECL void enter(trigger_follower& who);

    CONVERGE_DECL void quit(trigger_follower& who) noexcept;

private:
    std::vector<std::shared_ptr<trigger const>> all_;
    std::vector<trigger_follower*> followers_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/controller/impl/trigger_set.ipp>
#endif
