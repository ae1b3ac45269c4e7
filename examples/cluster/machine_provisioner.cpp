// SPDX-License-Identifier: BSL-1.0
#include "cluster/machine_provisioner.hpp"

#include "cluster/conditions.hpp"
#include "resources/autoscaler.hpp"
#include "resources/node.hpp"

#include <converge/async/sleep.hpp>
#include <converge/client/view.hpp>
#include <converge/controller/finalizing.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
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
using converge::view;

constexpr char const* provider_finalizer = "cluster.converge.dev/provider";

std::chrono::seconds time_max(view<autoscaler> const& scaling)
{
    auto const options = scaling.find(key<autoscaler>{"default"});
    auto const seconds = options == nullptr ? autoscaler::spec{}.provision_timeout_seconds
                                            : options->spec.provision_timeout_seconds;
    return std::chrono::seconds{seconds};
}

/// How long the machine may still take to become a ready node. The wall clock, which survives
/// restarts, may jump: so the machine is not given up before it was waited for `here` as long.
converge::duration time_left(object<machine> const& of, std::chrono::seconds most,
                             converge::timestamp present, converge::duration here)
{
    auto const* const state = find_condition(of.status.conditions, machine_condition::provisioned);
    bool const begun = state != nullptr && state->status == "False" && state->last_transition_time;
    converge::duration const left = begun ? *state->last_transition_time + most - present : most;
    // It began later than now: the clock was put back.
    return left > most ? here : std::max(left, here);
}

class provisioner {
public:
    explicit provisioner(machine_provider& provider) : provider_{provider} {}

    /// The machines that wait for that type.
    [[nodiscard]] std::vector<key<machine>> waiting_for(object<machine_type> const& type) const
    {
        std::vector<key<machine>> all;
        for (auto const& [id, wanted] : waiting_)
            if (wanted == type.metadata.name)
                all.push_back(id);
        return all;
    }

    /// The machines that are no ready nodes yet.
    [[nodiscard]] std::vector<key<machine>> on_their_way() const
    {
        std::vector<key<machine>> all;
        for (auto const& [id, wait] : waiting_since_)
            all.push_back(wait.second);
        return all;
    }

    task<outcome> provide(client api, object<machine> subject, view<machine_type> types,
                          view<node> nodes, view<autoscaler> scaling)
    {
        if (subject.status.phase == machine_phase::failed) {
            waiting_since_.erase(subject.metadata.uid);
            co_await provider_.remove(subject.metadata.name);
            co_return converge::settled();
        }
        auto const type = types.find(key<machine_type>{subject.spec.machine_type});
        // Before anything is awaited: the type may be added meanwhile.
        if (type == nullptr)
            waiting_.insert_or_assign(subject.key(), subject.spec.machine_type);
        else
            waiting_.erase(subject.key());
        auto made = co_await provider_.find(subject.metadata.name);
        if (!made && type == nullptr)
            co_return co_await await_type(api, subject);
        auto const self = nodes.find(key<node>{subject.metadata.name});
        bool const ready =
            is_true(subject.status.conditions, machine_condition::provisioned) ||
            (self != nullptr && is_true(self->status.conditions, node_condition::ready));
        auto const most = time_max(scaling);
        auto const present = co_await wall_now();
        auto const now = co_await converge::now();
        auto const since = wait_for(subject, now);
        if (ready)
            waiting_since_.erase(subject.metadata.uid);
        auto const left = time_left(subject, most, present, since + most - now);
        if (!ready && left <= converge::duration::zero())
            co_return co_await give_up(api, subject, most);
        if (!made) {
            // Nobody would remove a machine that is made for one that is gone, or was given up.
            auto const latest = co_await newest_of(api, subject);
            if (latest == nullptr || latest->metadata.being_deleted() ||
                latest->status.phase == machine_phase::failed)
                co_return converge::settled();
            made = co_await provider_.create(subject.metadata.name, type);
        }
        co_return co_await report(api, subject, *made, ready, left);
    }

    task<outcome> take_down(object<machine> subject)
    {
        waiting_.erase(subject.key());
        waiting_since_.erase(subject.metadata.uid);
        co_await provider_.remove(subject.metadata.name);
        co_return converge::settled();
    }

private:
    /// As the api has it; null if it is gone, or replaced by another of its name.
    static task<object_ptr<machine>> newest_of(client api, object<machine> subject)
    {
        auto found = co_await api.find(subject.key());
        if (found != nullptr && found->metadata.uid != subject.metadata.uid)
            found = nullptr;
        co_return found;
    }

    converge::instant wait_for(object<machine> const& subject, converge::instant now)
    {
        std::pair const begun{now, subject.key()};
        return waiting_since_.try_emplace(subject.metadata.uid, begun).first->second.first;
    }

    static task<outcome> await_type(client api, object<machine> subject)
    {
        auto& status = subject.status;
        auto const present = co_await wall_now();
        converge::condition unknown;
        unknown.type = machine_condition::provisioned;
        unknown.reason = "UnknownMachineType";
        unknown.message = "machine type \"" + subject.spec.machine_type +
                          "\" is not on offer: add a MachineType of that name, or remove the "
                          "Machine";
        status.phase = machine_phase::pending;
        status.message = unknown.message;
        set_condition(status.conditions, unknown, present);
        co_await api.update_status(subject);
        co_await api.record(subject, "Warning", unknown.reason, unknown.message);
        co_return converge::settled();
    }

    task<outcome> give_up(client api, object<machine> subject, std::chrono::seconds after)
    {
        // Said first: were the machine removed first, a crash between the two would make it anew.
        auto& status = subject.status;
        auto const present = co_await wall_now();
        status.phase = machine_phase::failed;
        status.message = "no ready node after " + std::to_string(after.count()) + " s; given up";
        auto const failed =
            state_of(machine_condition::failed, true, "ScaleUpTimedOut", status.message);
        set_condition(status.conditions, failed, present);
        co_await api.update_status(subject);
        co_await api.record(subject, "Warning", failed.reason, failed.message);
        waiting_since_.erase(subject.metadata.uid);
        co_await provider_.remove(subject.metadata.name);
        co_return converge::settled();
    }

    static task<outcome> report(client api, object<machine> subject, provided_machine made,
                                bool ready, converge::duration left)
    {
        auto& status = subject.status;
        auto const present = co_await wall_now();
        auto const* const reason = ready ? "NodeReady" : made.running ? "Registering" : "Booting";
        status.phase = made.running ? machine_phase::running : machine_phase::booting;
        status.node_name = subject.metadata.name;
        status.provider_id = made.provider_id;
        status.message.clear();
        auto const provisioned = state_of(machine_condition::provisioned, ready, reason);
        set_condition(status.conditions, provisioned, present);
        co_await api.update_status(subject);
        if (made.running)
            co_return ready ? converge::settled() : converge::again_in(left);
        auto const still = made.running_at - co_await converge::now();
        co_return converge::again_in(ready ? still : std::min(still, left));
    }

    machine_provider& provider_;
    std::map<key<machine>, std::string> waiting_;
    /// Since when this process has waited for those that are no ready node yet.
    std::map<converge::uid, std::pair<converge::instant, key<machine>>> waiting_since_;
};

} // namespace

converge::controller<machine> machine_provisioner(machine_provider& provider)
{
    auto const self = std::make_shared<provisioner>(provider);
    auto const reconcile = [self](client api, object<machine> subject, view<machine_type> types,
                                  view<node> nodes, view<autoscaler> scaling) {
        auto const apply = [self, types, nodes, scaling](client through, object<machine> of) {
            return self->provide(std::move(through), std::move(of), types, nodes, scaling);
        };
        auto const cleanup = [self](client const&, object<machine> of) {
            return self->take_down(std::move(of));
        };
        return converge::finalizing(std::move(api), std::move(subject), provider_finalizer, apply,
                                    cleanup);
    };
    auto const of_type = [self](object<machine_type> const& type) {
        return self->waiting_for(type);
    };
    auto const of_node = [](object<node> const& changed) {
        return std::vector<key<machine>>{key<machine>{changed.metadata.name}};
    };
    return converge::controller<machine>{reconcile}
        .named("machine-provisioner")
        .watches<machine_type>(of_type)
        .watches<node>(of_node)
        // It says how long they may take.
        .watches<autoscaler>([self](object<autoscaler> const&) { return self->on_their_way(); })
        .resync(std::chrono::minutes{10});
}

} // namespace cluster
