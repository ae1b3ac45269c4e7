// SPDX-License-Identifier: BSL-1.0
#include "cluster/node_agent.hpp"

#include "autoscaler/node_from_machine_type.hpp"
#include "cluster/attempted.hpp"
#include "cluster/conditions.hpp"
#include "cluster/create_unless_there.hpp"
#include "cluster/dns_controller.hpp"
#include "cluster/node_lifecycle_controller.hpp"
#include "resources/dns_record.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"
#include "resources/pod_requests.hpp"

#include <converge/async/nursery.hpp>
#include <converge/async/race.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/wake.hpp>
#include <converge/client/view.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>
#include <converge/model/field_selector.hpp>
#include <converge/model/finalizers.hpp>
#include <converge/model/lease.hpp>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cluster {

namespace {

using converge::client;
using converge::errc;
using converge::key;
using converge::object;
using converge::object_ptr;
using converge::outcome;
using converge::task;

class node_agent {
public:
    node_agent(std::string name, object_ptr<machine_type> type,
               std::shared_ptr<container_runtime> runtime)
        : name_{std::move(name)},
          type_{std::move(type)},
          runtime_{std::move(runtime)}
    {}

    /// Renews the lease, or begins it anew. @returns whether the agent counts as alive now.
    task<bool> give_sign(client api)
    {
        key<converge::lease> const id{converge::in_namespace{node_lease_namespace}, name_};
        auto const renewed = co_await attempted(api.renew(id));
        if (renewed)
            co_return true;
        if (!renewed.error().is(errc::not_found))
            co_return false;
        bool const begun = co_await begin_lease(api, id);
        co_return begun;
    }

    task<> begin_life(client api)
    {
        for (bool alive = false; !alive;) {
            alive = co_await give_sign(api);
            if (!alive)
                co_await converge::sleep_for(std::chrono::seconds{1});
        }
    }

    task<> show_life(client api)
    {
        for (;;) {
            co_await converge::sleep_for(node_lease_span / 4);
            co_await give_sign(api);
        }
    }

    task<outcome> keep_node(client api, object<node> self)
    {
        if (self.metadata.name != name_ || self.metadata.being_deleted())
            co_return converge::settled();
        auto const rendered = autoscaling::node_from_machine_type(*type_, name_);
        // Said to be lost, because the lease is over: without a new one it would be said again.
        if (!is_true(self.status.conditions, node_condition::ready)) {
            bool const alive = co_await give_sign(api);
            if (!alive)
                co_return converge::again_in(std::chrono::seconds{1});
        }
        auto const present = co_await wall_now();
        self.status.capacity = rendered.status.capacity;
        self.status.allocatable = rendered.status.allocatable;
        self.status.node_info = rendered.status.node_info;
        auto const ready =
            state_of(node_condition::ready, true, "AgentReady", "the agent is ready to run pods");
        set_condition(self.status.conditions, ready, present);
        co_await api.update_status(self);
        co_return converge::settled();
    }

    /// Makes the node, now and whenever somebody has removed it: the machine is still there. Looks
    /// now and then also where no watch tells of that, as of what went before the watch began.
    task<> register_node(client api)
    {
        for (;;) {
            auto const registered = co_await attempted(ensure_node(api));
            auto const wait = registered ? converge::duration{node_lease_span}
                                         : converge::duration{std::chrono::seconds{1}};
            auto const due = co_await converge::now() + wait;
            co_await node_gone_.wait_until(due);
        }
    }

    void saw(converge::change<node> const& seen)
    {
        if (!seen.after && seen.before->metadata.name == name_)
            node_gone_.notify_one();
    }

    /// Stops what an earlier life of the agent has started, and nobody let go since.
    task<> stop_strangers(client api)
    {
        auto const running = co_await runtime_->list();
        for (;;) {
            auto const present = co_await attempted(pods_here(api));
            if (present) {
                co_await stop_all_but(running, *present);
                co_return;
            }
            co_await converge::sleep_for(std::chrono::seconds{1});
        }
    }

    task<outcome> run_pod(client api, object<pod> subject, records_view records)
    {
        bool const accepted = has_finalizer(subject.metadata, agent_finalizer);
        if (subject.spec.node_name != name_)
            co_return converge::settled();
        if (subject.metadata.being_deleted()) {
            if (accepted)
                co_await let_go(api, subject);
            co_return converge::settled();
        }
        if (has_ended(subject))
            co_return converge::settled();
        if (!accepted) {
            co_await accept_or_refuse(api, subject);
            co_return converge::settled();
        }
        auto const record = record_of(records, subject.metadata.uid.str());
        if (record == nullptr)
            co_return converge::settled();
        // The cache may show one that is gone: nobody would stop what is started for it.
        auto const what = co_await api.find(subject.key());
        if (what == nullptr || what->metadata.uid != subject.metadata.uid ||
            what->metadata.being_deleted() || has_ended(*what) || !is_mine(*what))
            co_return converge::settled();
        auto const seen = co_await runtime_->ensure(what, record->spec.address);
        if (seen.state == instance_state::starting) {
            auto const still = seen.running_at - co_await converge::now();
            co_return converge::again_in(still);
        }
        co_await report_running(api, subject, record->spec.address);
        co_return converge::settled();
    }

private:
    /// @returns whether there was none.
    task<bool> ensure_node(client api)
    {
        auto const wanted = autoscaling::node_from_machine_type(*type_, name_);
        auto const there = co_await api.find(wanted.key());
        if (there != nullptr)
            co_return false;
        auto const made = co_await create_unless_there(api, wanted);
        co_return made != nullptr;
    }

    task<bool> begin_lease(client api, key<converge::lease> id)
    {
        object<converge::lease> fresh{id};
        fresh.spec.holder_identity = name_;
        fresh.spec.lease_duration_seconds = static_cast<int>(node_lease_span.count());
        fresh.spec.acquire_time = co_await wall_now();
        auto how = converge::write_options{}.expiring_after(node_lease_span);
        auto const begun = co_await attempted(api.create(fresh, std::move(how)));
        co_return begun.has_value();
    }

    /// Whether it was accepted here.
    [[nodiscard]] bool is_mine(object<pod> const& of) const
    {
        return of.spec.node_name == name_ && has_finalizer(of.metadata, agent_finalizer);
    }

    /// The pods that are bound to the node, as the api says and not a cache.
    task<std::vector<object_ptr<pod>>> pods_here(client api)
    {
        auto mine = converge::field_selector::parse("spec.nodeName=" + name_).value();
        auto which = converge::list_options{}.where(std::move(mine));
        auto const all = co_await api.list<pod>(std::move(which));
        std::vector<object_ptr<pod>> found{all.begin(), all.end()};
        co_return found;
    }

    task<> stop_all_but(std::vector<instance> running, std::vector<object_ptr<pod>> present)
    {
        std::set<converge::uid> accepted;
        for (auto const& each : present)
            if (is_mine(*each))
                accepted.insert(each->metadata.uid);
        for (auto const& each : running)
            if (!accepted.contains(each.pod))
                co_await runtime_->stop(each.pod);
    }

    /// What is missing for the pod beside those that were accepted before; empty if it fits. A
    /// cache may not show the last of them yet.
    task<std::string> shortage(client api, object<pod> subject)
    {
        // The agent knows its machine, also where it is no node yet.
        auto free = autoscaling::node_from_machine_type(*type_, name_).status.allocatable;
        auto const all = co_await pods_here(api);
        std::set<converge::uid> here;
        for (auto const& each : all) {
            if (each->metadata.uid == subject.metadata.uid || has_ended(*each))
                continue;
            here.insert(each->metadata.uid);
            if (has_finalizer(each->metadata, agent_finalizer) ||
                accepted_.contains(each->metadata.uid))
                subtract_from(free, pod_requests(each->spec));
        }
        std::erase_if(accepted_, [&](auto const& id) { return !here.contains(id); });
        co_return lack_in(std::move(free), subject);
    }

    static std::string lack_in(resource_list free, object<pod> const& subject)
    {
        for (auto const& [resource, needs] : pod_requests(subject.spec))
            if (auto const has = free[resource]; has < needs)
                return "Insufficient " + resource + ": needs " + needs.str() + ", free " +
                       has.str();
        return {};
    }

    task<> accept_or_refuse(client api, object<pod> subject)
    {
        auto const missing = co_await shortage(api, subject);
        if (missing.empty()) {
            accepted_.insert(subject.metadata.uid);
            add_finalizer(subject.metadata, agent_finalizer);
            co_await api.update(subject);
            co_return;
        }
        // The scheduler and a late request of an earlier one may both have given the room away.
        // The pod goes back and is placed anew; it never fails for it.
        co_await api.record(subject, "Warning", "OutOfResources", missing);
        subject.spec.node_name.clear();
        auto const returned = co_await api.update(subject);
        auto next = *returned;
        remove_condition(next.status.conditions, pod_condition::scheduled);
        co_await api.update_status(next);
    }

    task<> let_go(client api, object<pod> subject)
    {
        co_await runtime_->stop(subject.metadata.uid);
        remove_finalizer(subject.metadata, agent_finalizer);
        co_await api.update(subject);
    }

    task<> report_running(client api, object<pod> subject, std::string address)
    {
        auto& status = subject.status;
        bool const news = status.phase != pod_phase::running;
        auto const present = co_await wall_now();
        status.phase = pod_phase::running;
        status.pod_ip = address;
        status.pod_ips = {pod_address{address}};
        status.host_ip = name_;
        if (!status.start_time)
            status.start_time = std::chrono::floor<std::chrono::seconds>(present);
        for (auto const* type :
             {pod_condition::initialized, pod_condition::containers_ready, pod_condition::ready})
            set_condition(status.conditions, state_of(type, true, "Running"), present);
        status.container_statuses = running_containers(subject, *status.start_time);
        if (news)
            co_await api.record(subject, "Normal", "Started",
                                "Started " + subject.metadata.name + " at " + address);
        co_await api.update_status(subject);
    }

    static std::vector<container_status> running_containers(object<pod> const& of,
                                                            converge::timestamp since)
    {
        std::vector<container_status> all;
        for (auto const& each : of.spec.containers) {
            container_status status;
            status.name = each.name;
            status.image = each.image;
            status.ready = true;
            status.started = true;
            status.state.running = container_running{since};
            all.push_back(std::move(status));
        }
        return all;
    }

    std::string name_;
    object_ptr<machine_type> type_;
    std::shared_ptr<container_runtime> runtime_;
    /// What this agent has accepted or tried to: an acceptance without an answer may come true yet.
    std::set<converge::uid> accepted_;
    converge::wake node_gone_;
};

} // namespace

converge::task<> run_node_agent(client api, std::string node_name, object_ptr<machine_type> type,
                                std::shared_ptr<container_runtime> runtime,
                                converge::control_context context)
{
    auto const component = "agent-" + node_name;
    auto const self = std::make_shared<node_agent>(node_name, std::move(type), std::move(runtime));
    auto const pods_here = [self](client through, object<pod> subject, records_view records) {
        return self->run_pod(std::move(through), std::move(subject), std::move(records));
    };
    auto const own_node = [self](client through, object<node> subject) {
        return self->keep_node(std::move(through), std::move(subject));
    };
    auto const pods =
        converge::controller<pod>{pods_here}.named(component).watches<dns_record>(owner_of<pod>);
    auto const watch_self = [self](converge::change<node> const& seen) {
        self->saw(seen);
        return std::vector<key<node>>{};
    };
    auto const nodes =
        converge::controller<node>{own_node}.named(component + "-node").watches<node>(watch_self);
    // Alive first, then a node: a node without a lease would count as lost.
    auto const named = api.as(component);
    co_await self->begin_life(named);
    co_await self->stop_strangers(named);
    auto const where = co_await converge::this_coro::executor;
    converge::nursery duties{where};
    duties.spawn(self->show_life(named));
    duties.spawn(self->register_node(named));
    duties.spawn(converge::run(named, std::move(context), pods, nodes));
    co_await duties.join();
}

} // namespace cluster
