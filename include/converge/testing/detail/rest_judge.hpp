// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/detail/judge.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace converge::testing::detail {

/// Judges how controllers run: a key in one worker at a time, nothing over and over while nothing
/// changes; and what is left when all is at rest: no dependant whose owner is gone.
class rest_judge final : public judge {
public:
    using judge::judge;

    void allow_in_quiet(std::size_t most) { most_in_quiet_ = most; }
    /// Objects with these uids may fail for ever.
    void excuse(std::set<std::string> uids) { excused_ = std::move(uids); }

    /// Which key is being reconciled, or failed and is to be tried again while its object is there,
    /// and why; empty if none.
    [[nodiscard]] CONVERGE_DECL std::string under_way() const;
    [[nodiscard]] CONVERGE_DECL std::string tries_again(snapshot const& at) const;

    CONVERGE_DECL void began(run_seen const& one) override;
    CONVERGE_DECL void ended(run_seen const& one) override;
    CONVERGE_DECL void died(std::uint32_t process) override;
    CONVERGE_DECL void rested(snapshot const& end) override;
    CONVERGE_DECL void quiet(snapshot const& end) override;

private:
    /// Process, controller, key.
    using place = std::pair<std::uint32_t, std::string>;
    struct failed_try {
        std::string key;
        std::string uid;
        std::string result;
        std::string why;
    };

    [[nodiscard]] CONVERGE_DECL static place place_of(run_seen const& one);
    [[nodiscard]] static std::string const& life_of(run_seen const& one)
    {
        return one.run->about.metadata().uid.str();
    }

    std::size_t most_in_quiet_ = 1;
    std::set<std::string> excused_;
    /// With the uid of what is reconciled.
    std::map<place, std::string> running_;
    /// Wait for their next try.
    std::map<place, failed_try> failed_;
    bool counting_ = false;
    std::map<place, std::size_t> runs_;
    std::map<place, std::string> causes_;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/rest_judge.ipp>
#endif
