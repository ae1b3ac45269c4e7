// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/simulation_state.hpp>

#include <converge/async/sleep.hpp>
#include <converge/codec/diff.hpp>
#include <converge/controller/detail/loop_monitor.hpp>
#include <converge/core/detail/caught.hpp>
#include <converge/model/event.hpp>
#include <converge/model/lease.hpp>
#include <converge/testing/detail/json_hash.hpp>
#include <converge/work/random.hpp>

#include <algorithm>
#include <chrono>
#include <initializer_list>

namespace converge::testing::detail {

/// An object that is written more often than this after the last fault will not come to rest.
inline constexpr std::size_t calm_writes_max = 1000;

[[nodiscard]] CONVERGE_DECL turn_order drawn_order(fault_plan const& plan)
{
    if (plan.order)
        return *plan.order;
    switch (mixed(plan.seed ^ hash_of("order")) % 4) {
    case 0: return turn_order::fifo;
    case 1: return turn_order::ranked;
    default: return turn_order::uniform;
    }
}

/// Told by controllers what they do.
class simulation_state::monitor final : public converge::detail::loop_monitor {
public:
    monitor(boost::asio::execution_context& context, simulation_state& in)
        : converge::detail::loop_monitor{context},
          in_{in}
    {}

    void began(std::shared_ptr<request_origin const> const& run) override
    {
        ++in_.reconciles_;
        in_.rest.began(seen(run));
        if (in_.told_)
            in_.tell(run->controller, "reconciles " + to_string(run->about.ref()) + " as of " +
                                          to_string(run->about.metadata().resource_version) +
                                          ", because of " + run->causes.str());
    }

    void ended(std::shared_ptr<request_origin const> const& run, std::string_view result,
               std::string_view why) override
    {
        auto one = seen(run);
        one.result = result;
        one.why = why;
        in_.rest.ended(one);
        if (in_.told_)
            in_.tell(run->controller, "has reconciled " + to_string(run->about.ref()) + ": " +
                                          std::string{result} + (why.empty() ? "" : ": ") +
                                          std::string{why});
    }

    void stopped() override { in_.rest.died(in_.world.running().number()); }

    [[nodiscard]] std::optional<duration> resync(std::optional<duration> declared) override
    {
        if (in_.keeps_resyncs)
            return declared;
        return in_.resyncs_ ? std::optional<duration>{std::chrono::seconds{30}} : std::nullopt;
    }

private:
    [[nodiscard]] run_seen seen(std::shared_ptr<request_origin const> const& run) const
    {
        auto const running = in_.world.running();
        run_seen one;
        one.process = running.number();
        one.name = &in_.world.name(running);
        one.run = run.get();
        return one;
    }

    simulation_state& in_;
};

CONVERGE_DECL simulation_state::simulation_state(fault_plan from)
    : faulty{std::chrono::minutes{1}},
      patience{std::chrono::minutes{10}},
      stillness{rest_span},
      plan{std::move(from)},
      deeds{[this](std::string_view oracle, std::string text) { accuse(oracle, std::move(text)); }},
      statuses{
          [this](std::string_view oracle, std::string text) { accuse(oracle, std::move(text)); }},
      rest{[this](std::string_view oracle, std::string text) { accuse(oracle, std::move(text)); }},
      watches{
          [this](std::string_view oracle, std::string text) { accuse(oracle, std::move(text)); }},
      store{[this](std::string const& key, any_object const& before, any_object const& after,
                   revision at) { on_write(key, before, after, at); }},
      world{plan.seed, drawn_order(plan)},
      faults{boost::asio::use_service<fault_source>(world)}
{
    boost::asio::add_service<converge::detail::loop_monitor>(world, new monitor{world, *this});
    faults.follow(plan);
    resyncs_ = plan.resyncs.value_or((mixed(plan.seed ^ hash_of("resyncs")) & 1u) != 0);
    restless.insert(&type_of<event>());
}

CONVERGE_DECL void simulation_state::add_plane(std::string name, script start)
{
    auto const same = [&name](named_script const& each) { return each.first == name; };
    if (std::ranges::any_of(planned_planes_, same))
        throw error{errc::invalid,
                    "two planes have the name \"" + name +
                        "\": name each after what it is, because faults and oracles tell them "
                        "apart by that"};
    if (running_)
        start_plane(std::move(name), std::move(start));
    else
        planned_planes_.emplace_back(std::move(name), std::move(start));
}

CONVERGE_DECL void simulation_state::start_plane(std::string name, script start)
{
    using namespace std::chrono_literals;
    std::function<task<>(process)> entry = [this, name, start = std::move(start)](process self) {
        rest.died(self.number());
        faults.touch(self.number());
        returned_.erase(self.number());
        fault which;
        if (auto const dies = faults.draws(fault_kind::crash, name, which))
            world.crash(self, dies->amount(300), dies->span(0s, 30s),
                        [this, which] { faults.note(which); });
        if (told_)
            tell(name, "starts");
        return run_plane(self, start(line_of(name, self)));
    };
    planes_.push_back(world.start(std::move(name), std::move(entry)));
}

CONVERGE_DECL void simulation_state::add_user(std::string name, script body)
{
    if (running_)
        throw error{errc::invalid, "user \"" + name +
                                       "\": the simulation runs already, and its users have been "
                                       "started; declare all of them before"};
    queue_user(std::move(name), std::move(body));
}

CONVERGE_DECL void simulation_state::queue_user(std::string name, script body)
{
    auto& added = users_.emplace_back();
    added.what = named_script{std::move(name), std::move(body)};
}

CONVERGE_DECL void simulation_state::add_environment(std::string name,
                                                     std::function<task<>()> start)
{
    if (running_)
        others_.push_back(world.start(std::move(name), std::move(start)));
    else
        environments_.emplace_back(std::move(name), std::move(start));
}

CONVERGE_DECL void simulation_state::add_poison(resource_type const& type, std::string name,
                                                std::function<std::string(any_object const&)> holds)
{
    poisons_.push_back({&type, std::move(name), std::move(holds)});
}

CONVERGE_DECL void simulation_state::start_api()
{
    auto under = any_store{store};
    if (wrap)
        under = wrap(std::move(under));
    api_ = std::make_shared<converge::api>(std::move(under));
    auto const idle = []() -> task<> { co_return; };
    others_.push_back(world.start("network", idle));
    wire_.emplace(world, faults, store, watches, api_, others_.back());
    if (told_)
        wire_->tell = [this](std::string const& who, std::string what) {
            tell(who, std::move(what));
        };
    others_.push_back(world.start("apiserver", [this] { return api_->housekeep(); }));
}

CONVERGE_DECL task<> simulation_state::run_plane(process self, task<> body)
{
    co_await std::move(body);
    returned_.insert(self.number());
}

CONVERGE_DECL client simulation_state::line_of(std::string const& name,
                                               std::optional<process> owner)
{
    return client{std::make_shared<simulated_line>(*wire_, name, owner)};
}

CONVERGE_DECL task<> simulation_state::play(user_state& one)
{
    try {
        co_await one.what.second(line_of(one.what.first, std::nullopt));
    } catch (...) {
        one.failure = std::current_exception();
    }
    one.done = true;
}

/// Goes through some of the desired states, with a pause behind each.
CONVERGE_DECL task<> simulation_state::go_through(client api, std::vector<std::size_t> path)
{
    for (auto const which : path) {
        if (told_)
            tell("user", "now desires: " + desired[which].first);
        co_await desired[which].second(api);
        co_await sleep_for(faults.part_of(std::chrono::seconds{20}, "user pause"));
    }
}

CONVERGE_DECL void simulation_state::draw_desired()
{
    if (desired.empty())
        return;
    std::vector<std::size_t> path;
    random_bits chance{mixed(plan.seed ^ hash_of("desired states"))};
    auto const length = 1 + chance.uniform(4);
    for (std::size_t i = 0; i != length; ++i)
        path.push_back(static_cast<std::size_t>(chance.uniform(desired.size())));
    if (only_desired_)
        path.assign(1, *only_desired_);
    last_desired_ = path.back();
    // What comes and goes on the way is not what comes and goes where only the last was desired.
    if (compares_counts && path.size() > 1)
        compares_counts = false;
    queue_user("user", [this, path](client api) { return go_through(std::move(api), path); });
}

CONVERGE_DECL void simulation_state::on_write(std::string const& key, any_object const& before,
                                              any_object const& after, revision at)
{
    write_seen one;
    one.at = at;
    one.key = key;
    one.before = before;
    one.after = after;
    if (after)
        one.document = after.to_json();
    // What was written in another step than that in which the api was asked nobody can tell.
    if (wire_ && wire_->now.step == world.steps()) {
        one.who = wire_->now.who;
        one.judged = wire_->now.judged;
        one.origin = wire_->now.origin;
    }
    ++writes_;
    world.fold(at.value());
    world.fold(hash_of(key));
    world.fold(hash_of_json(one.document));
    if (told_)
        tell(one.doer().empty() ? "somebody" : one.doer(), said(one));
    log_.wrote(one);
    // Whoever wrote must not meet what a judge throws.
    for (judge* const each : std::initializer_list<judge*>{&watches, &deeds, &statuses, &rest})
        (void)ask("the simulation judges", [each, &one] {
            each->wrote(one);
            return std::string{};
        });
    if (!restless.contains(&one.object().type()))
        note_write(one);
    if (wrong_)
        return;
    for (auto const& [name, holds] : always)
        if (auto what = ask(name, [&] { return holds(store.now()); }); !what.empty() && !wrong_)
            accuse(name, what + " (after " + one.doer() + " wrote " + one.name() + ")");
    if (!before)
        choose_poison(one);
    if (wire_ && !wire_->poisoned.empty())
        excuse_poisoned();
}

CONVERGE_DECL std::string simulation_state::ask(std::string const& name,
                                                std::function<std::string()> const& check)
{
    try {
        return check();
    } catch (...) {
        accuse(name, "the check throws: " + converge::detail::caught().what());
        return {};
    }
}

CONVERGE_DECL void simulation_state::note_write(write_seen const& one)
{
    last_write_ = world.now();
    last_write_text_ = one.name() + " (by " + one.doer() + ")";
    if (!forbids_writes_.empty())
        accuse(forbids_writes_, one.doer() + " wrote " + said(one));
    // A fault that is not over yet, a watch that is still silent, excuses much.
    else if (calm_writes_ && wire_->held_up == 0 && ++(*calm_writes_)[one.key] > calm_writes_max)
        accuse("it comes to rest",
               to_string(one.object().ref()) + " was written " + std::to_string(calm_writes_max) +
                   " times since the last fault; now " + one.doer() + " " + said(one));
}

CONVERGE_DECL std::string simulation_state::said(write_seen const& one)
{
    if (!one.before)
        return "creates " + one.name();
    if (!one.after)
        return "removes " + one.name();
    std::string text = "changes " + one.name() + ":";
    for (auto const& each : diff(one.before.to_json(), one.document)) {
        if (each.path == "metadata.resourceVersion" ||
            each.path.starts_with("metadata.managedFields"))
            continue;
        text += " " + to_string(each) + ";";
    }
    return text;
}

CONVERGE_DECL void simulation_state::choose_poison(write_seen const& one)
{
    if (!wire_ || !wire_->poisoned.empty())
        return;
    auto const* const type = &one.object().type();
    bool const asked =
        std::ranges::any_of(poisons_, [type](auto const& rule) { return rule.type == type; });
    if (!asked || !faults.fires(fault_kind::poisoned_object, type->collection))
        return;
    wire_->poisoned = one.key;
}

CONVERGE_DECL void simulation_state::excuse_poisoned()
{
    auto const hopeless = log_.owners_above(wire_->poisoned);
    rest.excuse(hopeless);
    statuses.excuse(hopeless);
}

CONVERGE_DECL void simulation_state::accuse(std::string_view oracle, std::string message)
{
    if (wrong_)
        return;
    tell("oracle", std::string{oracle} + ": " + message);
    wrong_ = violation{std::string{oracle}, std::move(message), world.steps(), world.now()};
}

CONVERGE_DECL void simulation_state::tell(std::string const& who, std::string what)
{
    if (told_)
        told_->add(world.now(), world.steps(), who, std::move(what));
}

CONVERGE_DECL end_state simulation_state::end() const
{
    auto ignored = restless;
    ignored.insert(&type_of<lease>());
    return log_.end(store.now(), ignored, wire_ ? wire_->poisoned : std::string{});
}

} // namespace converge::testing::detail
