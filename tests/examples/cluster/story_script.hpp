// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/narrator.hpp"

#include <converge/async/block_on.hpp>
#include <converge/store/memory_store.hpp>
#include <converge/store/store_key.hpp>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cluster_test {

/// Writes what the components of a cluster write, one after the other, and has it narrated.
class story_script {
public:
    /// @returns the revision of the write.
    template <class R>
    std::uint64_t put(converge::object<R> what)
    {
        auto const key = store_key(converge::type_of<R>(), what.key());
        converge::transaction write;
        write.put(key, converge::draft_object{converge::type_of<R>(),
                                              std::make_shared<converge::object<R>>(what)});
        return store_.commit(std::move(write)).at.value();
    }

    template <class R>
    void remove(converge::key<R> id)
    {
        converge::transaction write;
        write.erase(store_key(converge::type_of<R>(), id));
        static_cast<void>(store_.commit(std::move(write)));
    }

    std::uint64_t deployment(int replicas, int ready = 0, char const* manager = nullptr)
    {
        converge::object<cluster::deployment> made{"api"};
        if (manager != nullptr)
            made.metadata.managed_fields.push_back({manager, "Apply", "{}"});
        made.spec.replicas = replicas;
        made.spec.template_.spec.node_selector["disk"] = "ssd";
        made.status.replicas = made.status.updated_replicas = replicas;
        made.status.ready_replicas = ready;
        if (ready == replicas)
            made.status.conditions.push_back({"Available", "True", "", "", {}, 0});
        return put(made);
    }
    std::uint64_t replica_set(int replicas)
    {
        converge::object<cluster::replica_set> made{"api-x"};
        made.spec.replicas = replicas;
        return put(made);
    }
    std::uint64_t create(std::string const& name)
    {
        pods_[name] = converge::object<cluster::pod>{name};
        pods_[name].spec.node_selector["disk"] = "ssd";
        return put(pods_[name]);
    }
    std::uint64_t bind(std::string const& name, std::string const& node)
    {
        pods_[name].spec.node_name = node;
        return put(pods_[name]);
    }
    std::uint64_t condition(std::string const& name, char const* type, char const* status,
                            std::string message = {})
    {
        auto& all = pods_[name].status.conditions;
        set_condition(all, {type, status, "", std::move(message), {}, 0}, {});
        return put(pods_[name]);
    }
    std::uint64_t gate(std::string const& name)
    {
        auto& all = pods_[name].status.conditions;
        set_condition(all, {"PodScheduled", "False", "SchedulingGated", "", {}, 0}, {});
        return put(pods_[name]);
    }
    std::uint64_t say(std::string const& name, char const* reason, std::string message,
                      char const* component = "scheduler", char const* kind = "Pod")
    {
        converge::object<converge::event> made{name + "." + reason};
        made.content.involved_object = {"v1", kind, "default", name, {}};
        made.content.reason = reason;
        made.content.message = std::move(message);
        made.content.source.component = component;
        return put(made);
    }
    std::uint64_t accept(std::string const& name)
    {
        pods_[name].metadata.finalizers.push_back("cluster.converge.dev/agent");
        return put(pods_[name]);
    }
    std::uint64_t name(std::string const& pod, std::string address)
    {
        converge::object<cluster::dns_record> made{"record-of-" + pod};
        made.spec.host = pod + ".default.pod.cluster.local";
        made.spec.address = std::move(address);
        made.spec.owner_kind = "Pod";
        made.spec.owner_namespace = "default";
        made.spec.owner_name = pod;
        return put(made);
    }
    std::uint64_t run(std::string const& name, std::string address)
    {
        auto& status = pods_[name].status;
        status.phase = cluster::pod_phase::running;
        status.pod_ip = std::move(address);
        return condition(name, "Ready", "True");
    }
    /// All that a pod goes through that fits.
    std::uint64_t place(std::string const& pod, std::string const& node, std::string const& address)
    {
        bind(pod, node);
        say(pod, "Scheduled", "assigned default/" + pod + " to " + node);
        condition(pod, "PodScheduled", "True");
        accept(pod);
        name(pod, address);
        return run(pod, address);
    }
    std::uint64_t refuse(std::string const& pod, std::string const& why)
    {
        condition(pod, "PodScheduled", "False", why);
        return say(pod, "FailedScheduling", why);
    }
    std::uint64_t machine(std::string const& name, std::vector<std::string> pods,
                          std::string reason)
    {
        converge::object<cluster::machine> made{name};
        made.spec.machine_type = "ssd-small";
        made.spec.pods = std::move(pods);
        made.spec.reason = std::move(reason);
        return put(made);
    }
    std::uint64_t ready_node(std::string const& name)
    {
        converge::object<cluster::node> made{name};
        made.status.conditions.push_back({"Ready", "True", "", "", {}, 0});
        return put(made);
    }
    std::uint64_t verdict(std::string const& pod, cluster::verdict_code code)
    {
        converge::object<cluster::autoscaler> made{"default"};
        cluster::scaling_verdict one;
        one.namespace_ = "default";
        one.name = pod;
        one.code = code;
        one.message = "because of " + pod;
        made.status.verdicts.push_back(std::move(one));
        return put(made);
    }

    /// A narrator that has heard everything so far.
    [[nodiscard]] cluster::narrator narrated() const
    {
        cluster::story_subject about;
        about.deployments.push_back({"default", "api"});
        about.given_machines.insert("n1");
        cluster::narrator told{std::move(about), [](cluster::story_step const&) {}};
        static_cast<void>(converge::block_on(hear_all(store_, told)));
        return told;
    }

private:
    static converge::task<> hear_all(converge::memory_store const& store, cluster::narrator& into)
    {
        auto const changes = store.watch(converge::watch_query{"", converge::revision{}});
        while (changes->through() < store.newest()) {
            auto const batch = co_await changes->next();
            for (auto const& each : batch.events)
                into.hear(each);
        }
    }

    converge::memory_store store_;
    std::map<std::string, converge::object<cluster::pod>> pods_;
};

} // namespace cluster_test
