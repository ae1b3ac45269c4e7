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

/// How long the machine may still take to become a ready node.
converge::duration time_left(object<machine> const& of, std::chrono::seconds most,
                             converge::timestamp present)
{
    auto const* const state = find_condition(of.status.conditions, machine_condition::provisioned);
    bool const begun = state != nullptr && state->status == "False" && state->last_transition_time;
    return begun ? *state->last_transition_time + most - present : converge::duration{most};
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

    task<outcome> provide(client api, object<machine> subject, view<machine_type> types,
                          view<node> nodes, view<autoscaler> scaling)
    {
        if (subject.status.phase == machine_phase::failed)
            co_return converge::settled();
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
        auto const left = time_left(subject, most, present);
        if (!ready && left <= converge::duration::zero())
            co_return co_await give_up(api, subject, most);
        if (!made)
            made = co_await provider_.create(subject.metadata.name, type);
        co_return co_await report(api, subject, *made, ready, left);
    }

    task<outcome> take_down(object<machine> subject)
    {
        waiting_.erase(subject.key());
        co_await provider_.remove(subject.metadata.name);
        co_return converge::settled();
    }

private:
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
        co_await provider_.remove(subject.metadata.name);
        auto& status = subject.status;
        auto const present = co_await wall_now();
        status.phase = machine_phase::failed;
        status.message = "no ready node after " + std::to_string(after.count()) + " s; given up";
        auto const failed =
            state_of(machine_condition::failed, true, "ScaleUpTimedOut", status.message);
        set_condition(status.conditions, failed, present);
        co_await api.update_status(subject);
        co_await api.record(subject, "Warning", failed.reason, failed.message);
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
        auto const cleanup = [self](client, object<machine> of) {
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
        .resync(std::chrono::minutes{10});
}

} // namespace cluster
