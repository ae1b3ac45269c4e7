// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/detail/judge.hpp>
#include <converge/testing/snapshot.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace converge::testing::detail {

/// What a run has left, without what differs from run to run: names that the api made, uids, times,
/// revisions and generations.
struct end_state {
    /// How often a key was created and how often it went.
    using counts = std::map<std::string, std::pair<std::size_t, std::size_t>>;

    /// By normalised key.
    std::map<std::string, boost::json::value> objects;
    counts made_and_gone;

    /// How `*this` differs from the end without faults; empty if it does not.
    [[nodiscard]] CONVERGE_DECL std::string difference_from(end_state const& calm,
                                                            bool with_counts) const;
};

/// `ignored`: kinds that are left out.
[[nodiscard]] CONVERGE_DECL end_state normalised(snapshot const& end, end_state::counts const& made,
                                                 std::set<resource_type const*> const& ignored);

/// The key of an object, with a name that the api made reduced to what it was made from.
[[nodiscard]] CONVERGE_DECL std::string normal_key(std::string const& key, any_object const& of);

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/end_state.ipp>
#endif
