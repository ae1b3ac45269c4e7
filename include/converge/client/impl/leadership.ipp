// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/leadership.hpp>

#include <utility>

namespace converge {

CONVERGE_DECL leadership::leadership(write_fence fence) { begin(std::move(fence)); }

CONVERGE_DECL void leadership::begin(write_fence fence)
{
    fence_ = std::make_shared<write_fence const>(std::move(fence));
}

CONVERGE_DECL void leadership::end(failure why)
{
    if (std::exchange(ended_, true))
        return;
    why_ = std::move(why);
    if (hear_)
        hear_();
}

CONVERGE_DECL std::shared_ptr<write_fence const> const& leadership::fence() const
{
    if (ended_)
        throw error{errc::fenced,
                    "the leadership that this client writes for has ended: " + why_.what()};
    if (fence_ == nullptr)
        throw error{errc::fenced, "the leadership that this client writes for has not begun; "
                                  "only work that it starts may write"};
    return fence_;
}

CONVERGE_DECL revision leadership::token() const noexcept
{
    return fence_ == nullptr ? revision{} : fence_->since();
}

} // namespace converge
