// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/store/watch.hpp>
#include <converge/testing/detail/judge.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace converge::testing::detail {

/// Knows every change that the store made, and compares what watches tell with it: each change
/// once, in order, none left out, none made up, with what the key held before and after it.
class watch_judge final : public judge {
public:
    using judge::judge;

    CONVERGE_DECL void wrote(write_seen const& one) override;

    /// @param prefix what the watch asked for
    /// @param from   up to where it had told everything
    CONVERGE_DECL void told(std::string const& who, std::string const& prefix, revision from,
                            watch_batch const& batch);

private:
    struct change {
        revision at{};
        any_object before;
        any_object after;
    };
    using events_of_key = std::vector<store_event const*>;

    /// @param through up to where `made` is to have been told
    CONVERGE_DECL void compare_all(std::string const& name, events_of_key const& told,
                                   std::string const& key, std::vector<change> const& made,
                                   revision from, revision through);
    CONVERGE_DECL void compare(std::string const& name, store_event const& got, change const& made);
    CONVERGE_DECL void made_up(std::string const& name, store_event const& got);

    /// By key, in order of revisions.
    std::map<std::string, std::vector<change>> made_;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/watch_judge.ipp>
#endif
