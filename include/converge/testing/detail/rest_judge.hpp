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
    /// An object of this key may fail for ever.
    void poisoned(std::string key) { poisoned_ = std::move(key); }

    /// Whether some key failed whose object is there still, and so is to be tried again.
    [[nodiscard]] CONVERGE_DECL bool tries_again(snapshot const& at) const;

    CONVERGE_DECL void began(run_seen const& one) override;
    CONVERGE_DECL void ended(run_seen const& one) override;
    CONVERGE_DECL void died(std::uint32_t process) override;
    CONVERGE_DECL void rested(snapshot const& end) override;
    CONVERGE_DECL void quiet(snapshot const& end) override;

private:
    /// Process, controller, key.
    using place = std::pair<std::uint32_t, std::string>;

    [[nodiscard]] CONVERGE_DECL static place place_of(run_seen const& one);

    std::size_t most_in_quiet_ = 1;
    std::string poisoned_;
    std::set<place> running_;
    /// Wait for their next try.
    std::set<place> failed_;
    bool counting_ = false;
    std::map<place, std::size_t> runs_;
    std::map<place, std::string> causes_;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/rest_judge.ipp>
#endif
