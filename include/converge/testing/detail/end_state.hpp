// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace converge::testing::detail {

/// What a run has left, without what differs from run to run: names that the api made, uids, times,
/// revisions and generations.
struct end_state {
    /// How often a key was created and how often it went.
    using counts = std::map<std::string, std::pair<std::size_t, std::size_t>>;

    /// By normal key; several where the api made the names, in the order of what they hold.
    std::map<std::string, std::vector<boost::json::value>> objects;
    counts made_and_gone;
    /// By normal key: whom it ever belonged to, and who to it.
    std::map<std::string, std::set<std::string>> kin;
    /// The normal key of the object whose writes all failed; empty if there was none.
    std::string poisoned;

    /// How `*this` differs from the end without faults; empty if it does not. What hangs together
    /// with a poisoned object may differ.
    [[nodiscard]] CONVERGE_DECL std::string difference_from(end_state const& calm,
                                                            bool with_counts) const;

private:
    [[nodiscard]] CONVERGE_DECL std::set<std::string> excused(end_state const& calm) const;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/end_state.ipp>
#endif
