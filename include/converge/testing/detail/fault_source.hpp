// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>
#include <converge/testing/detail/hash.hpp>
#include <converge/testing/fault.hpp>
#include <converge/testing/fault_plan.hpp>

#include <boost/asio/execution_context.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace converge::testing::detail {

/// Chances are whole numbers, in millionths: what floating point makes of a formula differs from
/// compiler to compiler, and a run must not.
inline constexpr std::uint64_t always_fires = 1'000'000;

/// In [0, whole). @pre `whole` is above zero.
[[nodiscard]] constexpr duration part_of(duration whole, std::uint64_t bits) noexcept
{
    auto const most = static_cast<std::uint64_t>(whole.count());
    return duration{static_cast<duration::rep>(bits % most)};
}

/// How bad one fault is. Hangs on the seed and on the place alone.
class severity {
public:
    severity(std::uint64_t bits, std::uint64_t amount) : bits_{bits}, amount_{amount} {}

    /// In [shortest, longest).
    [[nodiscard]] duration span(duration shortest, duration longest) const
    {
        return shortest + detail::part_of(longest - shortest, bits_);
    }
    /// In [1, most], or what the plan says.
    [[nodiscard]] std::uint64_t amount(std::uint64_t most) const
    {
        return amount_ != 0 ? amount_ : 1 + mixed(bits_) % most;
    }
    /// Either way.
    [[nodiscard]] bool coin() const { return (mixed(bits_ ^ 0x5bd1e995u) & 1u) != 0; }

private:
    std::uint64_t bits_;
    std::uint64_t amount_;
};

/// Decides which faults happen: those of a plan, or those that a seed draws. Each seed has some
/// kinds of faults and not others (swarm testing: Groce et al., ISSTA 2012), each with a chance of
/// its own.
class fault_source final : public boost::asio::execution_context::service {
public:
    using key_type = fault_source;

    explicit fault_source(boost::asio::execution_context& context)
        : boost::asio::execution_context::service{context}
    {}

    /// @pre Before anything is asked.
    CONVERGE_DECL void follow(fault_plan const& plan);
    /// Each of this kind with that chance, in every seed. @pre Before anything is asked.
    CONVERGE_DECL void set_chance(fault_kind kind, double chance);
    /// As above, at the places of one plane: those that begin with its name. Counts more than the
    /// other.
    CONVERGE_DECL void set_chance(fault_kind kind, double chance, std::string plane);
    /// From now on `touches` it.
    void touch(std::uint32_t process) { touched_.insert(process); }
    /// Whether faults happen to what runs there: only planes have any.
    [[nodiscard]] CONVERGE_DECL bool touches(executor const& where) const;
    /// Notes every place that is asked, whether the fault happens or not.
    void learn() { learning_ = true; }
    void on_fault(std::function<void(fault const&)> hear) { hear_ = std::move(hear); }
    /// From now on nothing happens any more.
    void stop() { stopped_ = true; }

    /// Whether a fault happens here and now. Each call is one chance.
    [[nodiscard]] CONVERGE_DECL std::optional<severity> fires(fault_kind kind,
                                                              std::string_view site);
    /// As `fires`, for what comes later, if at all: `which` is to be noted when it happens.
    [[nodiscard]] CONVERGE_DECL std::optional<severity> draws(fault_kind kind,
                                                              std::string_view site, fault& which);
    CONVERGE_DECL void note(fault which);
    /// Uniform in [0, whole); hangs on the place and on how often it was asked for there.
    [[nodiscard]] CONVERGE_DECL duration part_of(duration whole, std::string_view site);

    [[nodiscard]] std::vector<fault> const& fired() const noexcept { return fired_; }
    [[nodiscard]] std::vector<fault> const& asked() const noexcept { return asked_; }

private:
    void shutdown() override {}

    [[nodiscard]] static std::size_t index_of(fault_kind kind)
    {
        return static_cast<std::size_t>(kind);
    }
    [[nodiscard]] CONVERGE_DECL std::uint64_t drawn_chance(fault_kind kind) const;
    [[nodiscard]] CONVERGE_DECL std::uint64_t chance_of(fault_kind kind,
                                                        std::string_view site) const;
    [[nodiscard]] CONVERGE_DECL std::uint32_t count(std::uint64_t site);

    std::uint64_t seed_ = 0;
    bool planned_ = true;
    bool learning_ = false;
    bool stopped_ = false;
    /// By everything of a fault but its amount.
    std::map<fault, std::uint64_t> plan_;
    /// In millionths.
    std::array<std::optional<std::uint64_t>, fault_kinds> set_{};
    std::array<std::uint64_t, fault_kinds> chances_{};
    struct chance_at_plane {
        fault_kind kind;
        std::string plane;
        std::uint64_t chance;
    };
    std::vector<chance_at_plane> set_at_planes_;
    std::set<std::uint32_t> touched_;
    std::unordered_map<std::uint64_t, std::uint32_t> counts_;
    std::vector<fault> fired_;
    std::vector<fault> asked_;
    std::function<void(fault const&)> hear_;
};

/// Null outside of the planes of a simulation.
[[nodiscard]] inline fault_source* faults_of(executor const& where)
{
    auto& context = where.context();
    if (!boost::asio::has_service<fault_source>(context))
        return nullptr;
    auto& found = boost::asio::use_service<fault_source>(context);
    return found.touches(where) ? &found : nullptr;
}

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/fault_source.ipp>
#endif
