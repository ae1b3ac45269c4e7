// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/manager/health.hpp>

#include <utility>

namespace converge {

CONVERGE_DECL health::health() : state_{std::make_shared<detail::health_state>()} {}

CONVERGE_DECL void health::check_live(std::string name, check holds)
{
    state_->live.emplace_back(std::move(name), std::move(holds));
}

CONVERGE_DECL void health::check_ready(std::string name, check holds)
{
    state_->ready.emplace_back(std::move(name), std::move(holds));
}

CONVERGE_DECL void health::stuck_after(duration span) { state_->patience = span; }

CONVERGE_DECL health_report health::live() const
{
    health_report made;
    if (state_->source != nullptr)
        state_->source->tell_live(made, state_->patience);
    for (auto const& [name, holds] : state_->live)
        made.add(name, holds());
    return made;
}

CONVERGE_DECL health_report health::ready() const
{
    health_report made;
    if (state_->source != nullptr)
        state_->source->tell_ready(made);
    else
        made.add("running", "no control plane runs");
    for (auto const& [name, holds] : state_->ready)
        made.add(name, holds());
    return made;
}

} // namespace converge
