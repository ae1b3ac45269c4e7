// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/container_runtime.hpp"

#include <converge/async/sleep.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cluster {

/// A runtime that runs nothing: instances take a while to start, then count as running.
class modelled_runtime final : public container_runtime {
public:
    explicit modelled_runtime(converge::duration start_delay) : start_delay_{start_delay} {}

    [[nodiscard]] converge::task<instance> ensure(converge::object_ptr<pod> what,
                                                  [[maybe_unused]] std::string address) override
    {
        auto const present = co_await converge::now();
        auto const [entry, fresh] =
            running_at_.try_emplace(what->metadata.uid, present + start_delay_);
        co_return describe(entry->first, entry->second, present);
    }

    [[nodiscard]] converge::task<> stop(converge::uid of) override
    {
        running_at_.erase(of);
        co_return;
    }

    [[nodiscard]] converge::task<std::vector<instance>> list() override
    {
        auto const present = co_await converge::now();
        std::vector<instance> all;
        for (auto const& [id, at] : running_at_)
            all.push_back(describe(id, at, present));
        co_return all;
    }

private:
    static instance describe(converge::uid const& id, converge::instant running_at,
                             converge::instant present)
    {
        instance seen;
        seen.pod = id;
        seen.running_at = running_at;
        seen.state = present < running_at ? instance_state::starting : instance_state::running;
        return seen;
    }

    converge::duration start_delay_;
    std::map<converge::uid, converge::instant> running_at_;
};

} // namespace cluster
