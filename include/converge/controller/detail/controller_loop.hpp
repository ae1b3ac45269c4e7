// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/async/wake.hpp>
#include <converge/client/client.hpp>
#include <converge/client/informer_set.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/controller/control_context.hpp>
#include <converge/controller/detail/controller_spec.hpp>
#include <converge/controller/detail/loop_metrics.hpp>
#include <converge/controller/detail/loop_monitor.hpp>
#include <converge/controller/detail/write_gate.hpp>
#include <converge/work/queue.hpp>

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace converge::detail {

/// Runs one controller: caches fill its queue, workers empty it.
class controller_loop {
public:
    controller_loop(controller_spec spec, client api, informer_set& caches,
                    control_context const& context)
        : spec_{std::move(spec)}, api_{api.as(spec_.name)}, caches_{caches},
          own_{caches.of(*spec_.type)}, gate_{caches}, log_{context.log().in(spec_.name)},
          metrics_{context.metrics(), spec_.name}, grace_{context.grace()}
    {
    }
    controller_loop(controller_loop const&) = delete;
    controller_loop& operator=(controller_loop const&) = delete;

    /// Makes the caches that it needs exist and lets them fill its queue. @pre None runs yet.
    CONVERGE_DECL void connect();

    /// Works until cancelled; then takes no new keys, lets what is in progress end, and cancels
    /// what has not ended within the grace period.
    [[nodiscard]] CONVERGE_DECL task<> run();

private:
    using item = keyed_queue<object_key>::taken;

    CONVERGE_DECL void needs(resource_type const& type);

    CONVERGE_DECL void on_own_change(object_change const& seen);

    CONVERGE_DECL void on_trigger(trigger const& from, object_change const& seen);

    // Both call code of the user, whose exceptions end here: of a change that was seen nobody is
    // told again.
    [[nodiscard]] CONVERGE_DECL bool passes(predicate const& holds, object_change const& seen);
    [[nodiscard]] CONVERGE_DECL std::vector<object_key> keys_of(trigger const& from,
                                                                object_change const& seen);

    CONVERGE_DECL void enqueue(object_key id, cause why);

    CONVERGE_DECL void release_held();

    CONVERGE_DECL void finish(object_key const& id);
    CONVERGE_DECL void finish(write_gate::passed const& key);

    CONVERGE_DECL void stop();

    [[nodiscard]] CONVERGE_DECL task<> resync(duration period);

    [[nodiscard]] CONVERGE_DECL task<> work();

    [[nodiscard]] CONVERGE_DECL task<> process(item next);

    /// What the reconciler returned, or why it did not. Its exceptions end here, except those of
    /// the worker's own cancellation.
    [[nodiscard]] CONVERGE_DECL task<std::variant<outcome, failure>> attempt(client api, any_object object);

    [[nodiscard]] CONVERGE_DECL task<outcome> call(client api, any_object object);

    /// Null if nobody watches.
    [[nodiscard]] CONVERGE_DECL std::shared_ptr<request_origin const>
    begin_watched(item const& next, any_object const& object) const;

    CONVERGE_DECL void settle(item const& next, any_object const& object,
                std::variant<outcome, failure> const& result, instant ended, double chance);

    CONVERGE_DECL void on_failure(item const& next, any_object const& object, failure const& wrong,
                    instant ended, double chance);

    controller_spec spec_;
    client api_;
    informer_set& caches_;
    std::shared_ptr<informer> own_;
    std::vector<std::shared_ptr<informer>> needed_;
    keyed_queue<object_key> queue_;
    write_gate gate_;
    std::vector<subscription> hears_;
    wake ready_;
    wake stopped_;
    bool stopping_ = false;
    /// How many conflicts in a row a key had: they are no attempts of the queue.
    std::map<object_key, unsigned> conflicts_;
    logger log_;
    loop_metrics metrics_;
    duration grace_;
    loop_monitor* monitor_ = nullptr;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/controller/impl/controller_loop.ipp>
#endif
