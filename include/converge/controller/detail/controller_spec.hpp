// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/client/informer_set.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/controller/detail/trigger.hpp>
#include <converge/controller/detail/trigger_set.hpp>
#include <converge/controller/event_channel.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/failure.hpp>
#include <converge/core/key.hpp>
#include <converge/core/time.hpp>
#include <converge/work/backoff.hpp>
#include <converge/work/outcome.hpp>
#include <converge/work/queue_options.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace converge::detail {

/// Whether a change of the controller's kind matters.
using predicate = std::function<bool(object_change const&)>;

/// Asks something outside the store, each `period`, which keys are due.
struct polled_source {
    duration period;
    std::function<task<std::vector<object_key>>(client)> keys;
};

/// How urgent a change of an object of the controller's kind makes it.
using priority_function = std::function<int(any_object const&)>;

/// How long to wait after failed attempts.
using delay_function = std::function<duration(object_key const&, unsigned attempt, failure const&)>;

/// How long changes are waited for, that one run may answer them all.
struct debounce {
    duration quiet;
    duration most;
};

/// A controller with its types erased: what the loop runs.
struct controller_spec {
    std::string name;
    resource_type const* type = nullptr;
    std::vector<resource_type const*> reads;
    /// Make the caches keep the indexes of what it reads.
    std::vector<void (*)(informer_set&)> declares;
    /// Say how they keep it.
    std::vector<std::function<void(informer_set&)>> configures;
    std::function<task<outcome>(client, any_object const&, informer_set&)> reconcile;
    std::vector<trigger> triggers;
    std::vector<std::shared_ptr<trigger_set>> late;
    std::vector<predicate> predicates;
    std::vector<std::shared_ptr<key_channel>> channels;
    std::vector<polled_source> polled;
    /// Null: none.
    priority_function priority;
    queue_options<object_key> sharing{};
    std::optional<debounce> debounced{};
    unsigned workers = 1;
    backoff_policy backoff{};
    /// Null: `backoff` decides.
    delay_function delay;
    bool ignores_echoes = false;
    unsigned hot_after = 64;
    std::optional<duration> resync;
    std::optional<duration> time_limit = std::chrono::minutes{5};
    /// Where leadership is sought: whether it runs only while the control plane leads.
    bool leader_only = true;

    CONVERGE_DECL controller_spec();
    CONVERGE_DECL controller_spec(controller_spec const&);
    CONVERGE_DECL controller_spec(controller_spec&&) noexcept;
    CONVERGE_DECL controller_spec& operator=(controller_spec const&);
    CONVERGE_DECL controller_spec& operator=(controller_spec&&) noexcept;
    CONVERGE_DECL ~controller_spec();
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/controller/impl/controller_spec.ipp>
#endif
