// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/write_log.hpp>
#include <converge/core/key.hpp>
#include <converge/core/revision.hpp>
#include <converge/work/cause.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace converge::detail {

/// Tells the echoes of what a run wrote from the changes of others: while a key is in process its
/// causes are put aside, and once the caches show all that was written those are dropped whose
/// revision is exactly one that this run made. No time, no guess: a change of anybody else has a
/// revision of its own.
class echo_filter {
public:
    void began(object_key const& id) { in_process_.try_emplace(id); }

    /// The run has ended and wrote `writes`; the key stays in process until `finished`.
    void ended(object_key const& id, write_log const& writes)
    {
        if (auto const at = in_process_.find(id); at != in_process_.end())
            for (auto const& each : writes.notes())
                at->second.own.push_back(each.at);
    }

    /// Whether `why` was put aside. @pre The cache has shown every change up to `why.at()`.
    [[nodiscard]] bool put_aside(object_key const& id, cause const& why)
    {
        auto const at = in_process_.find(id);
        if (at == in_process_.end() || at->second.heard.size() == heard_max)
            return false;
        at->second.heard.push_back(why);
        return true;
    }

    /// What was put aside and is no echo.
    [[nodiscard]] std::vector<cause> finished(object_key const& id)
    {
        auto const at = in_process_.find(id);
        if (at == in_process_.end())
            return {};
        auto [heard, own] = std::move(at->second);
        in_process_.erase(at);
        std::erase_if(heard, [&own](cause const& each) {
            return std::ranges::find(own, each.at()) != own.end();
        });
        return heard;
    }

private:
    static constexpr std::size_t heard_max = 64;

    struct in_process {
        std::vector<cause> heard;
        std::vector<revision> own;
    };

    std::map<object_key, in_process> in_process_;
};

} // namespace converge::detail
