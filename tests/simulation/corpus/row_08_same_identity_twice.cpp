// SPDX-License-Identifier: BSL-1.0

// An agent on each node runs the members that are placed there. One that starts anew and lists from
// a cache that lags sees a member that has moved to another node since, and runs it once more.

#include "corpus.hpp"

#include <converge/model/finalizers.hpp>
#include <converge/testing/outside.hpp>

#include <map>
#include <set>

using namespace converge;
using namespace corpus;
using namespace std::chrono_literals;

namespace {

inline constexpr char const* runs_here = "corpus.test/runs";

struct member {
    static constexpr kind_name kind{"corpus.test/v1", "Member"};
    struct spec {
        std::string node;
    };
};
BOOST_DESCRIBE_STRUCT(member::spec, (), (node))

/// What really runs, on which nodes. It goes on when the agent dies.
class machines {
public:
    [[nodiscard]] task<> start(std::string node, std::string name)
    {
        co_await testing::outside(node + ".start " + name);
        auto& nodes = nodes_of_[name];
        nodes.insert(node);
        if (nodes.size() > 1)
            twice_ = name + " has run on two nodes at once";
        co_await testing::outside_answer(node + ".start " + name);
    }
    [[nodiscard]] task<> stop(std::string node, std::string name)
    {
        co_await testing::outside(node + ".stop " + name);
        nodes_of_[name].erase(node);
        co_await testing::outside_answer(node + ".stop " + name);
    }
    [[nodiscard]] std::string const& twice() const noexcept { return twice_; }

private:
    std::map<std::string, std::set<std::string>> nodes_of_;
    std::string twice_;
};

task<bool> is_still_wanted(client api, object<member> of)
{
    auto const now = co_await api.find(of.key());
    co_return now && now->metadata.uid == of.metadata.uid && !now->metadata.being_deleted();
}

template <twin T>
task<outcome> run_member(std::shared_ptr<machines> outside, std::string node, client api,
                         object<member> of)
{
    if (of.spec.node != node)
        co_return settled();
    if (of.metadata.being_deleted()) {
        co_await outside->stop(node, of.metadata.name);
        if (remove_finalizer(of.metadata, runs_here))
            co_await api.update(of);
        co_return settled();
    }
    if (add_finalizer(of.metadata, runs_here)) {
        co_await api.update(of);
        co_return settled();
    }
    bool const wanted = T == twin::wrong || co_await is_still_wanted(api, of);
    if (wanted)
        co_await outside->start(node, of.metadata.name);
    co_return settled();
}

task<> place(client api, std::string name, std::string node)
{
    object<member> wanted{std::move(name)};
    wanted.spec.node = std::move(node);
    co_await api.create(wanted);
}

task<> move_members(client api)
{
    for (std::string const name : {"first", "second", "third"})
        co_await place(api, name, "north");
    for (std::string const name : {"first", "second", "third"}) {
        co_await sleep_for(10s);
        key<member> const moved{name};
        co_await api.remove(moved);
        co_await api.wait_gone(moved);
        co_await place(api, name, "south");
    }
}

template <twin T>
void declare(simulation& sim)
{
    auto const outside = std::make_shared<machines>();
    for (std::string const node : {"north", "south"})
        sim.plane(node, [outside, node](client api) {
            controller<member> const agent{[outside, node](client through, object<member> of) {
                return run_member<T>(outside, node, std::move(through), std::move(of));
            }};
            return run(std::move(api), agent.named(node));
        });
    sim.user("user", move_members);
    sim.eventually("no member has run on two nodes at once",
                   [outside](snapshot const&) { return outside->twice(); });
}

scenario const wrong{"row_08_wrong", declare<twin::wrong>};
scenario const right{"row_08_right", declare<twin::right>};

} // namespace

TEST_CASE("row 8: a member that runs on two nodes, because one of them lists old state, is found; "
          "an agent that asks before it starts what it has listed is not accused")
{
    holds_in_calm(wrong);
    auto const seeds = found_within(wrong, 500, {"no member has run on two nodes at once"});
    never_accused(right, 100, seeds);
}
