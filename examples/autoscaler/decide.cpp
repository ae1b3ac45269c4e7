// SPDX-License-Identifier: BSL-1.0
#include "autoscaler/decide.hpp"

#include "autoscaler/explain.hpp"
#include "autoscaler/machine_name.hpp"
#include "autoscaler/node_from_machine_type.hpp"
#include "autoscaler/offer_list.hpp"
#include "scheduler/place.hpp"

#include <converge/codec/encode.hpp>
#include <converge/model/condition.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

namespace autoscaling {

namespace {

using cluster::verdict_code;
using machine_object = converge::object<cluster::machine>;
using scheduling::node_info;
using scheduling::pod_info;

constexpr std::int64_t million = 1'000'000;
/// A new machine counts as full after so many pods in a row that did not fit.
constexpr int misses_max = 100;

/// A pending pod on its way to a verdict.
struct pending_pod {
    pod_info info;
    cluster::scaling_verdict verdict{};
    /// Why the scheduler has no node for it.
    std::string pending_because{};
    bool settled = false;
    /// Its place in the scheduler's queue.
    std::size_t turn = 0;
    /// The largest share of any resource that the largest machine type offers.
    double size = 0;
};

/// What one more machine of some type would bring; the lowest wins.
struct appraisal {
    std::tuple<std::int64_t, std::int64_t, std::string> rank;
    std::size_t offer_index;
};

bool is_on_its_way(machine_object const& machine, node_info const* node, scaling_input const& of)
{
    if (machine.metadata.being_deleted() || machine.status.phase == cluster::machine_phase::failed)
        return false;
    // Once the node was there, its absence means that it was removed.
    if (node == nullptr)
        return !converge::is_true(machine.status.conditions,
                                  cluster::machine_condition::provisioned);
    // A node whose agent has registered it and not yet reported is about to be ready; one that
    // was ready and no longer is, is lost, unless it fell silent only lately.
    auto const* ready =
        converge::find_condition(node->status().conditions, cluster::node_condition::ready);
    bool const lost = machine.status.phase == cluster::machine_phase::running;
    return ready == nullptr ||
           (ready->status != "True" && (!lost || of.silent.contains(node->name())));
}

std::int64_t unused_share(node_info const& node)
{
    std::int64_t sum = 0;
    for (auto const* const resource : {"cpu", "memory"}) {
        auto const capacity = static_cast<double>(node.capacity(resource).milli());
        auto const free = static_cast<double>(node.free(resource).milli());
        sum += capacity <= 0 ? 0 : static_cast<std::int64_t>(free / capacity * million);
    }
    return sum;
}

/// Equal for pods that can run on the same nodes, and never empty.
std::string demands_of(cluster::pod::spec const& spec)
{
    return boost::json::serialize(converge::encode(converge::object<cluster::pod>{"", spec}));
}

std::string why_chosen(cluster::expander by, std::size_t of)
{
    if (of == 1)
        return "the only type that would do";
    auto const among = " of " + std::to_string(of) + " types that would do";
    switch (by) {
    case cluster::expander::price: return "the cheapest" + among;
    case cluster::expander::least_waste: return "the best filled" + among;
    case cluster::expander::priority: return "the one of the highest priority" + among;
    case cluster::expander::least_nodes: return "the one that takes most pods" + among;
    }
    return {};
}

/// One decision in the making.
class scaling_pass {
public:
    scaling_pass(scaling_input const& input, scheduling::cluster_snapshot const& cluster,
                 scheduling::profile const& plugins)
        : input_{input},
          cluster_{cluster},
          plugins_{plugins},
          simulated_{cluster},
          offers_{input, cluster}
    {
        for (auto const& pod : input.pending)
            pods_.push_back({.info = pod_info{pod}});
        for (auto const& machine : input.machines)
            names_.insert(machine->metadata.name);
        for (auto const& [name, node] : cluster.nodes())
            names_.insert(name);
    }

    [[nodiscard]] decision run() &&
    {
        order_as_the_scheduler();
        for (auto& pod : pods_)
            settle_on_existing_node(pod);
        add_machines_on_their_way();
        for (auto& pod : pods_)
            if (!pod.settled)
                settle_on_coming_node(pod);
        order_by_size();
        for (std::size_t i = 0; i != pods_.size(); ++i)
            if (!pods_[i].settled)
                settle_on_new_machine(i);
        return finish();
    }

private:
    void order_as_the_scheduler()
    {
        std::sort(
            pods_.begin(), pods_.end(), [](pending_pod const& left, pending_pod const& right) {
                auto const& one = *left.info.pod;
                auto const& other = *right.info.pod;
                return std::tuple{-one.spec.priority, one.metadata.creation_timestamp, one.key()} <
                       std::tuple{-other.spec.priority, other.metadata.creation_timestamp,
                                  other.key()};
            });
        for (std::size_t i = 0; i != pods_.size(); ++i)
            pods_[i].turn = i;
    }

    void order_by_size()
    {
        cluster::resource_list largest;
        for (auto const& each : offers_.all())
            for (auto const& [resource, amount] : each.type->spec.capacity)
                largest[resource] = std::max(largest[resource], amount);
        for (auto& pod : pods_)
            for (auto const& [resource, amount] : pod.info.requests)
                if (auto const most = largest[resource]; most.sign() > 0)
                    pod.size = std::max(pod.size, static_cast<double>(amount.milli()) /
                                                      static_cast<double>(most.milli()));
        std::sort(
            pods_.begin(), pods_.end(), [](pending_pod const& left, pending_pod const& right) {
                return std::tuple{-left.size, left.turn} < std::tuple{-right.size, right.turn};
            });
    }

    void settle(pending_pod& pod, verdict_code code, std::string where, std::string message)
    {
        pod.settled = true;
        pod.verdict.code = code;
        pod.verdict.machine = std::move(where);
        pod.verdict.message = std::move(message);
    }

    void settle_on_existing_node(pending_pod& pod)
    {
        // Room only shrinks here: where one pod found none, another that asks for the same finds
        // none either, unless it is where it would be that counts.
        auto const asks = pod.info.spec().topology_spread_constraints.empty()
                              ? demands_of(pod.info.spec())
                              : std::string{};
        if (auto const known = refused_.find(asks); known != refused_.end()) {
            pod.pending_because = known->second;
            return;
        }
        auto const report = place(pod.info, simulated_, plugins_);
        pod.pending_because = report.summary();
        if (!report.placed()) {
            if (!asks.empty())
                refused_.emplace(asks, pod.pending_because);
            return;
        }
        simulated_.assume(*pod.info.pod, report.node);
        settle(pod, verdict_code::fits_existing_node, report.node,
               "node " + report.node + " has room for it");
    }

    void add_machines_on_their_way()
    {
        for (auto const& machine : input_.machines) {
            auto const node = node_of(*machine);
            auto const* const of = offers_.find(machine->spec.machine_type);
            if (of == nullptr || !is_on_its_way(*machine, cluster_.find(node), input_))
                continue;
            add_template(*of, node);
            coming_.emplace(node, machine->metadata.name);
        }
    }

    void settle_on_coming_node(pending_pod& pod)
    {
        auto const spread = count_spread(pod.info, simulated_);
        for (auto const& [node, machine] : coming_) {
            if (!fits(node, pod, spread))
                continue;
            simulated_.assume(*pod.info.pod, node);
            settle(pod, verdict_code::waiting_for_machine, machine,
                   "machine " + machine + " is on its way and has room for it");
            return;
        }
    }

    [[nodiscard]] bool fits(std::string const& node, pending_pod const& pod,
                            scheduling::spread_counts const& spread) const
    {
        return obstacles_on(*simulated_.find(node), pod.info, spread, plugins_).empty();
    }

    void add_template(offer const& of, std::string const& node)
    {
        simulated_.set_node(std::make_shared<converge::object<cluster::node> const>(
            node_from_machine_type(*of.type, node)));
    }

    void settle_on_new_machine(std::size_t first)
    {
        auto& pod = pods_[first];
        auto candidates = candidates_for(pod);
        std::vector<appraisal> appraisals;
        for (std::size_t i = 0; i != offers_.all().size(); ++i)
            if (candidates[i].reasons.empty())
                appraisals.push_back(appraise(first, i));
        if (appraisals.empty())
            return refuse(pod, std::move(candidates));
        auto const best = std::min_element(
            appraisals.begin(), appraisals.end(),
            [](appraisal const& left, appraisal const& right) { return left.rank < right.rank; });
        create(first, offers_.all()[best->offer_index],
               why_chosen(input_.options.expander, appraisals.size()), candidates);
    }

    /// Each machine type with all that speaks against it.
    [[nodiscard]] std::vector<cluster::scaling_candidate> candidates_for(pending_pod const& pod)
    {
        std::vector<cluster::scaling_candidate> candidates;
        for (auto const& each : offers_.all()) {
            auto const node = new_name(each);
            add_template(each, node);
            auto const spread = count_spread(pod.info, simulated_);
            cluster::scaling_candidate candidate{each.name(), {}};
            for (auto const& found :
                 obstacles_on(*simulated_.find(node), pod.info, spread, plugins_))
                candidate.reasons.push_back(
                    {found.plugin, found.resource, found.needs, found.offers, found.short_});
            simulated_.remove_node(node);
            offers_.add_limits(each, candidate.reasons);
            candidates.push_back(std::move(candidate));
        }
        return candidates;
    }

    /// Puts `first`, and every other unsettled pod that also fits, on a new node.
    std::vector<std::size_t> fill(std::size_t first, offer const& with, std::string const& node)
    {
        add_template(with, node);
        std::vector<std::size_t> taken;
        int misses = 0;
        for (auto i = first; i != pods_.size() && misses != misses_max; ++i) {
            if (pods_[i].settled)
                continue;
            if (!fits(node, pods_[i], count_spread(pods_[i].info, simulated_))) {
                ++misses;
                continue;
            }
            simulated_.assume(*pods_[i].info.pod, node);
            taken.push_back(i);
            misses = 0;
        }
        return taken;
    }

    [[nodiscard]] appraisal appraise(std::size_t first, std::size_t offer_index)
    {
        auto const& of = offers_.all()[offer_index];
        auto const node = new_name(of);
        auto const taken = fill(first, of, node);
        auto const helped = static_cast<std::int64_t>(taken.size());
        auto const unused = unused_share(*simulated_.find(node));
        for (auto const i : taken)
            simulated_.remove_pod(pods_[i].info.key());
        simulated_.remove_node(node);

        auto const price = of.type->spec.price.milli();
        auto const price_each = price / helped;
        switch (input_.options.expander) {
        case cluster::expander::price: return {{price_each, price, of.name()}, offer_index};
        case cluster::expander::least_waste: return {{unused, price, of.name()}, offer_index};
        case cluster::expander::priority:
            return {{-std::int64_t{of.type->spec.priority}, price_each, of.name()}, offer_index};
        case cluster::expander::least_nodes: return {{-helped, price_each, of.name()}, offer_index};
        }
        return {{price, 0, of.name()}, offer_index};
    }

    /// What the next machine of a type would be called, and its node.
    [[nodiscard]] std::string new_name(offer const& of) const
    {
        int number = 0;
        auto name = machine_name(of.name(), number);
        while (names_.contains(name))
            name = machine_name(of.name(), ++number);
        return name;
    }

    void create(std::size_t first, offer const& of, std::string const& why,
                std::vector<cluster::scaling_candidate> const& candidates)
    {
        auto const name = new_name(of);
        names_.insert(name);
        machine_object machine{name, {.machine_type = of.name()}};
        for (auto const i : fill(first, of, name)) {
            auto& pod = pods_[i];
            machine.spec.pods.push_back(to_string(pod.info.key()));
            settle(pod, verdict_code::create_machine, name,
                   "machine " + name + " of type " + of.name() + " is created, " + why);
            pod.verdict.candidates = i == first ? candidates : candidates_for(pod);
        }
        offers_.take(of);
        auto const others = machine.spec.pods.size() - 1;
        machine.spec.reason = machine.spec.pods.front() +
                              (others == 0 ? "" : " and " + std::to_string(others) + " more") +
                              ": " + pods_[first].pending_because;
        created_.push_back(std::move(machine));
    }

    void refuse(pending_pod& pod, std::vector<cluster::scaling_candidate> candidates)
    {
        std::vector<offered_labels> offered;
        for (auto const& each : offers_.all())
            offered.push_back({each.name(), &each.type->spec.labels});
        pod.settled = true;
        explain_refusal(pod.info, std::move(candidates), offered, pod.verdict);
    }

    [[nodiscard]] decision finish()
    {
        decision decided{std::move(created_), {}};
        for (auto& pod : pods_) {
            auto const& metadata = pod.info.pod->metadata;
            pod.verdict.namespace_ = metadata.namespace_;
            pod.verdict.name = metadata.name;
            pod.verdict.uid = metadata.uid.str();
            decided.verdicts.push_back(std::move(pod.verdict));
        }
        std::sort(decided.verdicts.begin(), decided.verdicts.end(),
                  [](auto const& left, auto const& right) {
                      return std::tie(left.namespace_, left.name) <
                             std::tie(right.namespace_, right.name);
                  });
        return decided;
    }

    scaling_input const& input_;
    scheduling::cluster_snapshot const& cluster_;
    scheduling::profile const& plugins_;
    /// The cluster as it will be once all that is settled has happened.
    scheduling::cluster_snapshot simulated_;
    std::vector<pending_pod> pods_;
    offer_list offers_;
    /// Nodes of machines on their way, and the machines.
    std::map<std::string, std::string> coming_;
    /// Of machines and nodes: names that no new machine may have.
    std::set<std::string> names_;
    /// Why no node has room for pods that ask for the same.
    std::map<std::string, std::string> refused_;
    std::vector<machine_object> created_;
};

} // namespace

decision decide(scaling_input const& input, scheduling::cluster_snapshot const& cluster,
                scheduling::profile const& plugins)
{
    return scaling_pass{input, cluster, plugins}.run();
}

} // namespace autoscaling
