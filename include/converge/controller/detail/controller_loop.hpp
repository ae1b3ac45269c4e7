// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/nursery.hpp>
#include <converge/async/random_service.hpp>
#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/client/informer_set.hpp>
#include <converge/controller/control_context.hpp>
#include <converge/controller/detail/controller_intake.hpp>
#include <converge/controller/detail/controller_spec.hpp>
#include <converge/controller/detail/hot_loop_detector.hpp>
#include <converge/controller/detail/loop_metrics.hpp>
#include <converge/controller/detail/loop_monitor.hpp>
#include <converge/controller/detail/run_recorder.hpp>
#include <converge/controller/detail/time_limits.hpp>
#include <converge/controller/detail/worker.hpp>
#include <converge/controller/detail/write_gate.hpp>
#include <converge/core/detail/config.hpp>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace converge::detail {

/// Runs one controller: its intake fills the queue, its workers empty it.
class controller_loop {
public:
    controller_loop(controller_spec spec, client api, informer_set& caches,
                    control_context const& context)
        : spec_{std::move(spec)},
          api_{api.as(spec_.name)},
          caches_{caches},
          log_{context.log().in(spec_.name)},
          metrics_{context.metrics(), spec_.name},
          recorder_{context.history(), spec_.name},
          intake_{spec_, caches, log_, metrics_, recorder_},
          gate_{intake_.needed()},
          hot_{spec_.hot_after},
          grace_{context.grace()}
    {}
    controller_loop(controller_loop const&) = delete;
    controller_loop& operator=(controller_loop const&) = delete;

    /// Makes the caches that it needs exist and lets them fill its queue. @pre None runs yet.
    CONVERGE_DECL void connect();

    /// Works until cancelled; then takes no new keys, lets what is in progress end, and cancels
    /// what has not ended within the grace period.
    [[nodiscard]] CONVERGE_DECL task<> run();

    /// Cancels what is in progress, whatever the grace period. For a leadership that is lost.
    CONVERGE_DECL void abandon();

private:
    using result = std::variant<outcome, failure>;

    CONVERGE_DECL void release_held();
    /// The caches show what was written for the key.
    CONVERGE_DECL void finish(write_gate::passed const& key);
    [[nodiscard]] CONVERGE_DECL task<> finish_after(object_key id, instant due);
    /// What the key waits for, for people.
    [[nodiscard]] CONVERGE_DECL std::string state_of(object_key const& id, instant now) const;

    [[nodiscard]] CONVERGE_DECL task<> work(worker& self);

    /// Null if nobody watches.
    [[nodiscard]] CONVERGE_DECL std::shared_ptr<request_origin const>
    begin_watched(worker const& self) const;
    [[nodiscard]] CONVERGE_DECL static client
    api_of(worker const& self, std::shared_ptr<request_origin const> const& run);
    CONVERGE_DECL void end_watched(worker const& self,
                                   std::shared_ptr<request_origin const> const& run,
                                   result const& how, instant at);

    /// The object of the key is gone, or another one.
    CONVERGE_DECL void forget(object_key const& id);
    CONVERGE_DECL void look_for_hot_loop(worker const& self, instant ended);
    [[nodiscard]] CONVERGE_DECL duration delay_after(worker const& self, failure const& wrong,
                                                     double chance) const;

    CONVERGE_DECL void settle(worker const& self, result const& how, instant ended,
                              random_service& chance);
    CONVERGE_DECL void on_failure(worker const& self, failure const& wrong, instant ended,
                                  double chance);

    controller_spec spec_;
    client api_;
    informer_set& caches_;
    logger log_;
    loop_metrics metrics_;
    run_recorder recorder_;
    controller_intake intake_;
    write_gate gate_;
    hot_loop_detector hot_;
    /// Until when keys that keep themselves busy rest.
    std::map<object_key, instant> resting_;
    // A worker refers to its place.
    std::deque<worker> workers_;
    std::optional<time_limits> limits_;
    /// How many conflicts in a row a key had: they are no attempts of the queue.
    std::map<object_key, unsigned> conflicts_;
    duration grace_;
    loop_monitor* monitor_ = nullptr;
    /// Null if it does not run.
    nursery* crew_ = nullptr;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/controller/impl/controller_loop.ipp>
#endif
