// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/testing/detail/judge.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace converge::testing::detail {

/// Judges what a status says of itself: `observedGeneration` and the times of conditions.
class status_judge final : public judge {
public:
    using judge::judge;

    /// Objects with these uids may stay behind for ever.
    void excuse(std::set<std::string> uids) { excused_ = std::move(uids); }

    CONVERGE_DECL void wrote(write_seen const& one) override;
    CONVERGE_DECL void rested(snapshot const& end) override;

private:
    struct condition_state {
        std::string status;
        std::string since;
    };
    struct object_state {
        std::optional<std::int64_t> observed;
        std::map<std::string, condition_state> conditions;
    };

    CONVERGE_DECL void check_generation(write_seen const& one, object_state& known,
                                        boost::json::object const& status);
    CONVERGE_DECL void check_conditions(write_seen const& one, object_state& known,
                                        boost::json::object const& status);

    std::set<std::string> excused_;
    /// By uid.
    std::map<std::string, object_state> known_;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/status_judge.ipp>
#endif
