// SPDX-License-Identifier: BSL-1.0
#include "cluster/scheduler_controller.hpp"

#include "cluster/conditions.hpp"
#include "scheduler/place.hpp"

#include <converge/async/sleep.hpp>
#include <converge/client/view.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cluster {

namespace {

using converge::client;
using converge::key;
using converge::object;
using converge::object_ptr;
using converge::outcome;
using converge::task;
using converge::uid;
using converge::view;

bool has_no_node(object<pod> const& of)
{
    return of.spec.node_name.empty() && !of.metadata.being_deleted() &&
           of.status.phase == pod_phase::pending;
}

bool wants_node(object<pod> const& of)
{
    return has_no_node(of) && of.spec.scheduling_gates.empty();
}

class scheduler {
public:
    scheduler(scheduling::profile plugins, converge::duration patience)
        : plugins_{std::move(plugins)},
          patience_{patience}
    {}

    /// The pods to look at again, now that something has changed, as they stand in the queue.
    [[nodiscard]] std::vector<key<pod>> wake_all()
    {
        std::vector<place_in_queue> queue;
        for (auto& [id, each] : waiting_) {
            each.is_due = true;
            queue.emplace_back(each.rank(), id);
        }
        std::sort(queue.begin(), queue.end());
        std::vector<key<pod>> all;
        for (auto& [rank, id] : queue)
            all.push_back(std::move(id));
        return all;
    }

    void forget(key<pod> const& gone) { waiting_.erase(gone); }

    task<outcome> reconcile(client api, object<pod> subject, view<pod> pods, view<node> nodes)
    {
        if (!wants_node(subject)) {
            waiting_.erase(subject.key());
            if (has_no_node(subject))
                co_await say_gated(api, subject);
            else if (!subject.spec.node_name.empty() && !subject.metadata.being_deleted())
                co_await confirm(api, subject);
            co_return converge::settled();
        }
        auto const present = co_await converge::now();
        // From here to the decision nothing is awaited: whatever changes later finds it waiting.
        auto& self = waiting_.try_emplace(subject.key(), waiting_pod{0, present}).first->second;
        self.priority = subject.spec.priority;
        self.is_due = false;
        // It was bound, and its agent has given it back.
        assumed_.erase(subject.metadata.uid);
        auto room = snapshot(pods, nodes);
        auto const decided_at = self.since + patience_;
        let_pass_before({self.rank(), subject.key()}, pods, room);
        auto const answer = scheduling::place(info_of(subject), room, plugins_);
        if (answer.placed()) {
            waiting_.erase(subject.key());
            co_await bind(api, subject, answer.node);
            co_return converge::settled();
        }
        if (present < decided_at && unconfirmed(room))
            co_return converge::again_in(decided_at - present);
        co_await refuse(api, subject, answer);
        co_return converge::settled();
    }

private:
    struct waiting_pod {
        int priority;
        converge::instant since;
        /// Whether something has changed since it was looked at.
        bool is_due = true;

        /// The lowest goes first.
        [[nodiscard]] std::pair<int, converge::instant> rank() const { return {-priority, since}; }
    };
    using place_in_queue = std::pair<std::pair<int, converge::instant>, key<pod>>;

    struct assumption {
        object_ptr<pod> bound;
        std::string node;
    };

    static scheduling::pod_info info_of(object<pod> const& of)
    {
        return scheduling::pod_info{std::make_shared<object<pod>>(of)};
    }

    /// What the caches show, and what was given away since.
    scheduling::cluster_snapshot snapshot(view<pod> const& pods, view<node> const& nodes)
    {
        std::erase_if(assumed_, [&](auto const& entry) {
            auto const seen = pods.find(entry.second.bound->key());
            return seen == nullptr || seen->metadata.uid != entry.first ||
                   !seen->spec.node_name.empty();
        });
        scheduling::cluster_snapshot room;
        for (auto const& each : nodes.all())
            room.set_node(each);
        for (auto const& each : pods.all())
            room.set_pod(each);
        for (auto const& [id, each] : assumed_)
            room.assume(*each.bound, each.node);
        return room;
    }

    /// Takes away the room of those that go before and were not looked at since something changed:
    /// the order in which the controller comes to them is not that of the queue.
    void let_pass_before(place_in_queue const& self, view<pod> const& pods,
                         scheduling::cluster_snapshot& room) const
    {
        std::vector<place_in_queue> before;
        for (auto const& [id, each] : waiting_)
            if (place_in_queue other{each.rank(), id}; each.is_due && other < self)
                before.push_back(std::move(other));
        // One that was not looked at yet, as after a start, may be more urgent.
        for (auto const& each : pods.all())
            if (-each->spec.priority < self.first.first && !waiting_.contains(each->key()) &&
                wants_node(*each))
                before.push_back({{-each->spec.priority, converge::instant::max()}, each->key()});
        std::sort(before.begin(), before.end());
        for (auto const& [rank, id] : before) {
            auto const other = pods.find(id);
            if (other == nullptr || !wants_node(*other))
                continue;
            auto const answer = scheduling::place(info_of(*other), room, plugins_);
            if (answer.placed())
                room.assume(*other, answer.node);
        }
    }

    /// Whether a pod that takes room has not been accepted by its node's agent yet.
    static bool unconfirmed(scheduling::cluster_snapshot const& room)
    {
        for (auto const& [name, node] : room.nodes())
            for (auto const& [id, info] : node.pods())
                if (info->pod->status.phase == pod_phase::pending)
                    return true;
        return false;
    }

    task<> bind(client api, object<pod> subject, std::string to)
    {
        assumption taken{std::make_shared<object<pod>>(subject), to};
        assumed_.insert_or_assign(subject.metadata.uid, std::move(taken));
        subject.spec.node_name = to;
        std::exception_ptr failure;
        object_ptr<pod> bound;
        try {
            bound = co_await api.update(subject);
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure) {
            assumed_.erase(subject.metadata.uid);
            std::rethrow_exception(failure);
        }
        co_await confirm(std::move(api), *bound);
    }

    /// Says in the pod that it has a node; also where a crash came between the two writes.
    static task<> confirm(client api, object<pod> bound)
    {
        if (is_true(bound.status.conditions, pod_condition::scheduled))
            co_return;
        auto const message = "assigned " + to_string(bound.key()) + " to " + bound.spec.node_name;
        co_await api.record(bound, "Normal", "Scheduled", message);
        auto const present = co_await wall_now();
        auto const holds = state_of(pod_condition::scheduled, true, "Scheduled");
        set_condition(bound.status.conditions, holds, present);
        co_await api.update_status(bound);
    }

    static task<> say_gated(client api, object<pod> subject)
    {
        std::string gates;
        for (auto const& each : subject.spec.scheduling_gates)
            gates += (gates.empty() ? "" : ", ") + each.name;
        auto const present = co_await wall_now();
        auto const waits = state_of(pod_condition::scheduled, false, "SchedulingGated",
                                    "waits for the scheduling gates " + gates);
        if (set_condition(subject.status.conditions, waits, present))
            co_await api.update_status(subject);
    }

    static task<> refuse(client api, object<pod> subject, scheduling::placement_report why)
    {
        auto const message = why.summary() + "\n" + why.detail();
        auto const present = co_await wall_now();
        auto const fails = state_of(pod_condition::scheduled, false, "Unschedulable", message);
        if (set_condition(subject.status.conditions, fails, present))
            co_await api.update_status(subject);
        co_await api.record(subject, "Warning", "FailedScheduling", message);
    }

    scheduling::profile plugins_;
    converge::duration patience_;
    std::map<key<pod>, waiting_pod> waiting_;
    std::map<uid, assumption> assumed_;
};

} // namespace

converge::controller<pod> scheduler_controller(scheduling::profile plugins,
                                               converge::duration patience)
{
    auto const self = std::make_shared<scheduler>(std::move(plugins), patience);
    auto const reconcile = [self](client api, object<pod> subject, view<pod> pods,
                                  view<node> nodes) {
        return self->reconcile(std::move(api), std::move(subject), std::move(pods),
                               std::move(nodes));
    };
    return converge::controller<pod>{reconcile}
        .named("scheduler")
        .watches<node>([self](converge::change<node> const&) { return self->wake_all(); })
        .watches<pod>([self](converge::change<pod> const& seen) {
            if (!seen.after)
                self->forget(seen.before->key());
            return self->wake_all();
        });
}

} // namespace cluster
