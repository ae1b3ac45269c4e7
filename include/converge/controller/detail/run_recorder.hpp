// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/worker.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/failure.hpp>
#include <converge/core/key.hpp>
#include <converge/observe/reconcile_history.hpp>
#include <converge/work/cause.hpp>
#include <converge/work/outcome.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace converge::detail {

/// Tells a `reconcile_history` what a controller does; nothing if there is none.
class run_recorder {
public:
    run_recorder(std::shared_ptr<reconcile_history> into, std::string controller)
        : into_{std::move(into)},
          controller_{std::move(controller)}
    {}

    [[nodiscard]] bool on() const noexcept { return into_ != nullptr; }
    [[nodiscard]] std::shared_ptr<reconcile_history> const& history() const noexcept
    {
        return into_;
    }

    /// The queue merges causes; here each of them is kept.
    void triggered(object_key const& id, cause const& why)
    {
        if (!on() || stopped_)
            return;
        auto& [causes, count] = waiting_[id];
        ++count;
        if (causes.size() < causes_max)
            causes.push_back(why);
    }

    /// A run ended.
    CONVERGE_DECL void ended(worker const& run, std::string_view result, std::string why,
                             instant at);

    /// A run begins: what comes from now on is for the next.
    CONVERGE_DECL void began(worker const& run);

    void forget(object_key const& id) { waiting_.erase(id); }

    /// No run begins any more: nothing waits, and nothing will.
    void stop() noexcept
    {
        stopped_ = true;
        waiting_.clear();
    }

private:
    static constexpr std::size_t causes_max = 8;
    using merged = std::pair<std::vector<cause>, std::uint32_t>;

    std::shared_ptr<reconcile_history> into_;
    std::string controller_;
    std::map<object_key, merged> waiting_;
    /// By the key that is run.
    std::map<object_key, merged> running_;
    bool stopped_ = false;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/controller/impl/run_recorder.ipp>
#endif
