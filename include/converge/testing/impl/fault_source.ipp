// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/fault_source.hpp>

#include <converge/testing/detail/world_executor.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace converge::testing::detail {

CONVERGE_DECL void fault_source::follow(fault_plan const& plan)
{
    seed_ = mixed(plan.seed);
    planned_ = plan.faults.has_value();
    if (planned_)
        for (auto const& each : *plan.faults)
            plan_[fault{each.kind, each.site, each.nth}] = each.amount;
    for (std::size_t i = 0; i != fault_kinds; ++i)
        chances_[i] = drawn_chance(static_cast<fault_kind>(i));
}

CONVERGE_DECL std::uint64_t fault_source::drawn_chance(fault_kind kind) const
{
    auto const drawn = mixed(seed_ ^ hash_of(to_string(kind)));
    // Poisoning is asked for by the scenario; without that there is no place for it.
    if ((drawn & 1u) == 0)
        return 0;
    auto const thousandths = mixed(drawn) % 1000;
    switch (kind) {
    // A few chances a run: from one in five to nine in ten.
    case fault_kind::crash:
    case fault_kind::stale_replica:
    case fault_kind::compaction:
    case fault_kind::clock_jump:
    case fault_kind::late_timers:
    case fault_kind::poisoned_object: return 200'000 + 700 * thousandths;
    // Some hundred: from one in a hundred to one in four, mostly few.
    default: return 10'000 + 240 * thousandths * thousandths / 1000;
    }
}

[[nodiscard]] inline std::uint64_t millionths(double chance)
{
    return static_cast<std::uint64_t>(std::llround(std::clamp(chance, 0.0, 1.0) * 1e6));
}

CONVERGE_DECL void fault_source::set_chance(fault_kind kind, double chance)
{
    set_[index_of(kind)] = millionths(chance);
}

CONVERGE_DECL void fault_source::set_chance(fault_kind kind, double chance, std::string plane)
{
    std::erase_if(set_at_planes_, [&](chance_at_plane const& each) {
        return each.kind == kind && each.plane == plane;
    });
    set_at_planes_.push_back({kind, std::move(plane), millionths(chance)});
}

CONVERGE_DECL std::uint64_t fault_source::chance_of(fault_kind kind, std::string_view site) const
{
    for (auto const& each : set_at_planes_) {
        auto const rest = site.substr(std::min(site.size(), each.plane.size()));
        if (each.kind == kind && site.starts_with(each.plane) &&
            (rest.empty() || rest.front() == ' '))
            return each.chance;
    }
    return set_[index_of(kind)].value_or(chances_[index_of(kind)]);
}

CONVERGE_DECL bool fault_source::touches(executor const& where) const
{
    auto const* const known = where.target<world_executor>();
    return known != nullptr && touched_.contains(known->from().process);
}

CONVERGE_DECL std::optional<severity> fault_source::fires(fault_kind kind, std::string_view site)
{
    fault which;
    auto const drawn = draws(kind, site, which);
    if (drawn)
        note(std::move(which));
    return drawn;
}

CONVERGE_DECL std::optional<severity> fault_source::draws(fault_kind kind, std::string_view site,
                                                          fault& which)
{
    if (stopped_)
        return std::nullopt;
    auto const here = mixed(hash_of(site) ^ mixed(index_of(kind) + 1));
    auto const nth = count(here);
    if (learning_)
        asked_.emplace_back(kind, std::string{site}, nth);
    auto const bits = mixed(seed_ ^ here ^ mixed(nth));
    std::uint64_t amount = 0;
    if (planned_) {
        if (plan_.empty())
            return std::nullopt;
        auto const found = plan_.find(fault{kind, std::string{site}, nth});
        if (found == plan_.end())
            return std::nullopt;
        amount = found->second;
    } else if (bits % always_fires >= chance_of(kind, site)) {
        return std::nullopt;
    }
    which = fault{kind, std::string{site}, nth, amount};
    return severity{mixed(bits), amount};
}

CONVERGE_DECL void fault_source::note(fault which)
{
    fired_.push_back(std::move(which));
    if (hear_)
        hear_(fired_.back());
}

CONVERGE_DECL duration fault_source::part_of(duration whole, std::string_view site)
{
    auto const here = hash_of(site);
    return detail::part_of(whole, mixed(seed_ ^ here ^ mixed(count(here))));
}

CONVERGE_DECL std::uint32_t fault_source::count(std::uint64_t site) { return counts_[site]++; }

} // namespace converge::testing::detail
