// SPDX-License-Identifier: BSL-1.0
#include "cluster/machine_provisioner.hpp"

#include "cluster/conditions.hpp"

#include <converge/async/sleep.hpp>
#include <converge/client/view.hpp>
#include <converge/controller/finalizing.hpp>

#include <optional>
#include <string>

namespace cluster {

namespace {

using converge::client;
using converge::object;
using converge::outcome;
using converge::task;
using converge::view;

constexpr char const* provider_finalizer = "cluster.converge.dev/provider";

task<outcome> fail(client api, object<machine> subject, std::string reason, std::string message)
{
    auto const present = co_await wall_now();
    auto const provisioned = state_of("Provisioned", false, reason, message);
    subject.status.phase = machine_phase::pending;
    subject.status.message = message;
    set_condition(subject.status.conditions, provisioned, present);
    co_await api.update_status(subject);
    co_await api.record(subject, "Warning", reason, message);
    co_return converge::settled();
}

task<outcome> report(client api, object<machine> subject, provided_machine made)
{
    auto const present = co_await wall_now();
    auto const provisioned =
        state_of("Provisioned", made.running, made.running ? "Running" : "Booting");
    subject.status.phase = made.running ? machine_phase::running : machine_phase::booting;
    subject.status.node_name = subject.metadata.name;
    subject.status.provider_id = made.provider_id;
    subject.status.message.clear();
    set_condition(subject.status.conditions, provisioned, present);
    co_await api.update_status(subject);
    if (made.running)
        co_return converge::settled();
    auto const still = made.running_at - co_await converge::now();
    co_return converge::again_in(still);
}

task<outcome> provide(client api, object<machine> subject, view<machine_type> types,
                      machine_provider& provider)
{
    auto const type = types.find(converge::key<machine_type>{subject.spec.machine_type});
    auto made = co_await provider.find(subject.metadata.name);
    if (!made && type == nullptr) {
        auto message = "machine type \"" + subject.spec.machine_type +
                       "\" is not on offer: add a MachineType of that name, or remove the Machine";
        co_return co_await fail(std::move(api), std::move(subject), "UnknownMachineType",
                                std::move(message));
    }
    if (!made)
        made = co_await provider.create(subject.metadata.name, type);
    co_return co_await report(std::move(api), std::move(subject), *made);
}

task<outcome> take_down(client, object<machine> subject, machine_provider& provider)
{
    co_await provider.remove(subject.metadata.name);
    co_return converge::settled();
}

} // namespace

converge::controller<machine> machine_provisioner(machine_provider& provider)
{
    auto const reconcile = [&provider](client api, object<machine> subject,
                                       view<machine_type> types) {
        auto const apply = [&provider, types](client through, object<machine> of) {
            return provide(std::move(through), std::move(of), types, provider);
        };
        auto const cleanup = [&provider](client through, object<machine> of) {
            return take_down(std::move(through), std::move(of), provider);
        };
        return converge::finalizing(std::move(api), std::move(subject), provider_finalizer, apply,
                                    cleanup);
    };
    auto const of_type = [](object<machine_type> const&) {
        return std::vector<converge::key<machine>>{};
    };
    return converge::controller<machine>{reconcile}
        .named("machine-provisioner")
        .watches<machine_type>(of_type)
        .resync(std::chrono::minutes{10});
}

} // namespace cluster
