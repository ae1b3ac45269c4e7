// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/detail/end_state.hpp>
#include <converge/testing/detail/judge.hpp>
#include <converge/testing/snapshot.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace converge::testing::detail {

/// Everything that ever was in a store: who owned what, which names the api made, what came and
/// went.
class object_log {
public:
    CONVERGE_DECL void wrote(write_seen const& one);

    /// The uids of the objects that ever had a key, and of all that ever owned them.
    [[nodiscard]] CONVERGE_DECL std::set<std::string> owners_above(std::string const& key) const;

    /// What is left of it all.
    /// @param ignored   kinds that are left out
    /// @param poisoned  the key of the object whose writes all failed; empty if there was none
    [[nodiscard]] CONVERGE_DECL end_state end(snapshot const& at,
                                              std::set<resource_type const*> const& ignored,
                                              std::string const& poisoned) const;

private:
    struct life {
        std::string key;
        resource_type const* type = nullptr;
        std::size_t made = 0;
        std::size_t gone = 0;
        /// Their uids.
        std::set<std::string> owners;
    };

    /// `text` with every name that the api made reduced to what it was made from, and every uid to
    /// nothing. @returns whether there was a name.
    CONVERGE_DECL bool forget_names(std::string& text) const;
    [[nodiscard]] CONVERGE_DECL std::string normal(std::string text) const;
    /// Takes out of a document what differs from run to run. @returns whether a name was in it.
    CONVERGE_DECL bool forget_run(boost::json::value& in) const;
    CONVERGE_DECL bool forget_run(boost::json::array& in) const;
    CONVERGE_DECL bool forget_run(boost::json::object& in) const;

    /// By uid.
    std::map<std::string, life> lives_;
    /// The names that the api made, and what is told of them.
    std::map<std::string, std::string, std::less<>> made_names_;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/object_log.ipp>
#endif
