// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/client/informer_set.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/key.hpp>
#include <converge/core/time.hpp>
#include <converge/work/backoff.hpp>
#include <converge/work/cause.hpp>
#include <converge/work/outcome.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace converge::detail {

/// Changes of one kind that make keys of the controller's kind due.
struct trigger {
    resource_type const* source;
    cause_kind kind;
    std::function<std::vector<object_key>(object_change const&)> keys;
};

/// Whether a change of the controller's kind matters.
using predicate = std::function<bool(object_change const&)>;

/// A controller with its types erased: what the loop runs.
struct controller_spec {
    std::string name;
    resource_type const* type = nullptr;
    std::vector<resource_type const*> reads;
    /// Make the caches keep the indexes of what it reads.
    std::vector<void (*)(informer_set&)> declares;
    std::function<task<outcome>(client, any_object, informer_set&)> reconcile;
    std::vector<trigger> triggers;
    std::vector<predicate> predicates;
    unsigned workers = 1;
    backoff_policy backoff{};
    std::optional<duration> resync;
    std::optional<duration> time_limit;

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
