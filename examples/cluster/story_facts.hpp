// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/autoscaler.hpp"
#include "resources/deployment.hpp"
#include "resources/dns_record.hpp"
#include "resources/machine.hpp"
#include "resources/node.hpp"
#include "resources/pod.hpp"
#include "resources/replica_set.hpp"

#include <converge/core/key.hpp>
#include <converge/core/revision.hpp>
#include <converge/model/event.hpp>
#include <converge/model/object.hpp>
#include <converge/store/watch.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace cluster {

/// Something that was said about an object, when and by whom. False until it was.
struct sighting {
    converge::revision at{};
    std::string component{};
    std::string message{};

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(at); }
};

/// What became of one pod. Revisions are those of the first time; zero until it happened.
struct pod_facts {
    /// As it is now; null if only events or records tell of it, or if it is gone.
    converge::object_ptr<pod> now{};
    converge::revision created{};
    /// Has a node.
    converge::revision bound{};
    /// The scheduler's condition said that it fits nowhere.
    sighting refused{};
    /// The scheduler's condition says that it has a place.
    converge::revision placed{};
    /// The agent of its node has taken it on.
    converge::revision accepted{};
    /// Runs and has an address.
    converge::revision running{};
    /// The events of these names.
    sighting scheduled{};
    sighting failed_scheduling{};
    converge::object_ptr<dns_record> record{};
    converge::revision named{};
};

using pod_list = std::vector<pod_facts const*>;

/// An object as it is now, and the revisions of its creation and of when it became what it is for.
template <class R>
struct object_facts {
    converge::object_ptr<R> now{};
    converge::revision created{};
    converge::revision ready{};
};

template <class R>
using facts_of = std::map<converge::object_key, object_facts<R>>;

/// `api-2` before `api-10`.
struct by_ordinal {
    bool operator()(converge::object_key const& left, converge::object_key const& right) const
    {
        return std::tuple{left.namespace_, left.name.size(), left.name} <
               std::tuple{right.namespace_, right.name.size(), right.name};
    }
};

/// What a story is about: the workloads of its files, and the machines that they bring.
struct story_subject {
    std::vector<converge::object_key> deployments{};
    std::vector<converge::object_key> replica_sets{};
    std::vector<converge::object_key> pods{};
    std::set<std::string> given_machines{};

    [[nodiscard]] bool empty() const
    {
        return deployments.empty() && replica_sets.empty() && pods.empty();
    }
};

/// The world as the store's events tell it, as far as a story needs it.
class story_facts {
public:
    explicit story_facts(story_subject about) : subject_{std::move(about)} {}

    /// Takes in one change. @pre Changes come in the order of the store, none left out.
    void note(converge::store_event const& change);

    [[nodiscard]] story_subject const& subject() const noexcept { return subject_; }
    /// Of the newest change.
    [[nodiscard]] converge::revision at() const noexcept { return at_; }
    [[nodiscard]] facts_of<deployment> const& deployments() const noexcept { return deployments_; }
    [[nodiscard]] facts_of<replica_set> const& replica_sets() const noexcept { return sets_; }
    [[nodiscard]] facts_of<node> const& nodes() const noexcept { return nodes_; }
    [[nodiscard]] facts_of<machine> const& machines() const noexcept { return machines_; }
    /// Null if there is none.
    [[nodiscard]] converge::object_ptr<autoscaler> const& scaling() const noexcept
    {
        return scaling_;
    }

    /// The pods that are there, in the order of their names and ordinals.
    [[nodiscard]] pod_list pods() const;
    /// Those that there was room for from the beginning.
    [[nodiscard]] pod_list housed() const;
    /// Those that fitted nowhere when the scheduler first looked.
    [[nodiscard]] pod_list refused() const;
    /// The refused that need nothing but time.
    [[nodiscard]] pod_list helped() const;
    /// Whether the scheduler has answered for every pod.
    [[nodiscard]] bool all_answered() const;
    /// How many pods there are to be, once every deployment and replica set is stored.
    [[nodiscard]] std::size_t wanted_pods() const;
    /// Machines that nobody gave the cluster, in the order of their creation.
    [[nodiscard]] std::vector<object_facts<machine> const*> new_machines() const;
    /// Who recorded an event of that reason about an object first; empty if nobody has.
    [[nodiscard]] std::string teller(std::string_view kind, converge::object_key const& id,
                                     std::string_view reason) const;
    /// What the autoscaler last said of a pod; null if nothing.
    [[nodiscard]] scaling_verdict const* verdict_on(pod_facts const& about) const;
    /// Whether the pod has no node, and gets none unless a person changes something.
    [[nodiscard]] bool is_hopeless(pod_facts const& about) const;
    /// The verdicts on the pods that are hopeless.
    [[nodiscard]] std::vector<scaling_verdict const*> hopeless() const;
    /// Whether all that is still missing is hopeless.
    [[nodiscard]] bool needs_a_person() const;
    /// Whether every workload of the story has what it asks for.
    [[nodiscard]] bool all_running() const;
    /// A line for each thing that `all_running` still misses.
    [[nodiscard]] std::vector<std::string> missing() const;

private:
    /// Those of the pods that are there for which `test` holds.
    template <class Test>
    [[nodiscard]] pod_list those(Test test) const;

    void note_pod(converge::store_event const& change);
    void note_event(converge::event::content const& said, converge::revision at);
    void note_record(converge::object_ptr<dns_record> const& made, converge::revision at);

    story_subject subject_;
    converge::revision at_{};
    facts_of<deployment> deployments_;
    facts_of<replica_set> sets_;
    facts_of<node> nodes_;
    facts_of<machine> machines_;
    std::map<converge::object_key, pod_facts, by_ordinal> pods_;
    converge::object_ptr<autoscaler> scaling_;
    /// By kind, object and reason.
    std::map<std::tuple<std::string, converge::object_key, std::string>, std::string> tellers_;
};

} // namespace cluster
