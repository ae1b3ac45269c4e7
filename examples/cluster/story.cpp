// SPDX-License-Identifier: BSL-1.0
#include "cluster/story.hpp"

#include "cluster/apply_objects.hpp"
#include "cluster/object_table.hpp"
#include "cluster/story_words.hpp"
#include "cluster/wrapped_text.hpp"
#include "resources/machine_type.hpp"

#include <converge/async/race.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/wake.hpp>

#include <algorithm>
#include <ostream>
#include <set>
#include <utility>

namespace cluster {

namespace {

using namespace std::chrono_literals;
using converge::task;

/// Nothing may be written for this long before a verdict of the autoscaler counts as its last.
constexpr converge::duration verdict_rest = 500ms;
/// Nothing may be written for this long before the quiet is measured, and then is it for this.
constexpr converge::duration rest = 1s;
constexpr converge::duration quiet_span = 2s;
/// Between two commands of a person.
constexpr converge::duration typing = 100ms;

std::string described(story_step const& step)
{
    constexpr std::size_t indent = 11;
    auto const number = std::to_string(step.number);
    auto head = std::string(number.size() < 2 ? 1 : 0, ' ') + number + "  r" + to_string(step.at);
    head.resize(std::max(head.size() + 1, indent), ' ');
    auto text = wrapped(head, step.who + ": " + step.what, indent);
    if (!step.why.empty())
        text += wrapped(std::string(indent, ' ') + "- ", step.why, indent + 2);
    return text;
}

std::string offer(std::vector<file_object> const& machines)
{
    std::string text;
    for (auto const& each : machines) {
        if (each.object.type().kind != machine_type::kind)
            continue;
        auto const type = each.object.as<machine_type>();
        auto capacity = type->spec.capacity;
        capacity.erase("pods");
        text += (text.empty() ? "" : "; ") + type->metadata.name + " (" +
                (type->spec.labels.empty() ? "" : pairs(type->spec.labels) + ", ") +
                amounts(capacity) + ", up to " + std::to_string(type->spec.max_machines) + ")";
    }
    return text.empty() ? "none" : text;
}

/// The keys of the objects of one kind in both files, each once.
template <class R>
std::vector<converge::object_key> all_keys(story_plan const& plan)
{
    std::set<converge::object_key> all;
    for (auto const* const act : {&plan.machines, &plan.workload})
        for (auto& id : keys_of<R>(act->objects))
            all.insert(std::move(id));
    return {all.begin(), all.end()};
}

story_subject subject_of(story_plan const& plan)
{
    story_subject about;
    about.deployments = all_keys<deployment>(plan);
    about.replica_sets = all_keys<replica_set>(plan);
    about.pods = all_keys<pod>(plan);
    for (auto const& id : all_keys<machine>(plan))
        about.given_machines.insert(id.name);
    return about;
}

class performance {
public:
    performance(converge::client api, converge::any_store store, story_plan plan, std::ostream& out)
        : api_{std::move(api)},
          store_{std::move(store)},
          plan_{std::move(plan)},
          out_{out},
          narrator_{subject_of(plan_), [this](story_step const& step) { say(described(step)); }}
    {}

    task<story_report> run()
    {
        bool in_time = true;
        try {
            co_await converge::deadline(converge::until(perform(), listen()), plan_.time_max);
        } catch (converge::error const& failed) {
            if (!failed.is(converge::errc::timed_out))
                throw;
            in_time = false;
        }
        if (!in_time)
            say_missing();
        auto const tables = co_await object_tables(api_);
        say("\n" + tables);
        auto report = report_of(plan_.name, narrator_);
        report.settled = in_time && all_running() && narrator_.past(17);
        report.quiet_writes = quiet_writes_;
        report.diagnosis = diagnosis_;
        co_return report;
    }

private:
    /// Hears every change from the first.
    task<> listen()
    {
        auto const changes = store_.watch(converge::watch_query{"", converge::revision{}});
        for (;;) {
            auto const batch = co_await changes->next();
            last_write_ = co_await converge::now();
            for (auto const& each : batch.events)
                narrator_.hear(each);
            changed_.notify_all();
        }
    }

    task<> perform()
    {
        co_await prepare();
        say("\nApplying " + plan_.workload.title + "\n\n");
        co_await apply_act(plan_.workload);
        co_await wait_for_result();
        if (!all_running()) {
            diagnose();
            if (plan_.cure.objects.empty())
                co_return;
            say("\nApplying " + plan_.cure.title + ", and nothing else\n\n");
            co_await apply_act(plan_.cure);
            while (!all_running())
                co_await changed_.wait();
        }
        co_await watch_quiet();
    }

    task<> prepare()
    {
        say("A cluster in this process: an API server, a control plane, and machines, each with\n"
            "its agent. kubectl stands for this program, which calls the API in process. The\n"
            "machines, what runs on them, their network and the answering of DNS questions are\n"
            "modelled: addresses and names are given out, and nobody answers there. All that is\n"
            "told is read from the store: r12 is its revision 12.\n\nApplying " +
            plan_.machines.title + "\n");
        co_await apply_act(plan_.machines);
        while (!first_nodes_ready())
            co_await changed_.wait();
        // Nobody types so fast that a cache has not seen the node that is on the screen.
        co_await wait_for_rest(typing);
        for (auto const& id : keys_of<machine>(plan_.machines.objects))
            say("  Node " + id.name + " is Ready\n");
        say(wrapped("  machine types on offer: ", offer(plan_.machines.objects), 4));
    }

    task<> apply_act(story_act const& act) { return apply_objects(api_, act.objects); }

    /// Until every instance runs, or all that is missing needs a person.
    task<> wait_for_result()
    {
        while (!all_running()) {
            auto const present = co_await converge::now();
            auto const due = last_write_ + verdict_rest;
            bool const stuck = narrator_.past(7) && narrator_.facts().needs_a_person();
            if (!stuck) {
                co_await changed_.wait();
                continue;
            }
            if (due <= present)
                co_return;
            static_cast<void>(co_await changed_.wait_until(due));
        }
    }

    /// Until nothing was written for `span`.
    task<> wait_for_rest(converge::duration span)
    {
        for (;;) {
            auto const present = co_await converge::now();
            auto const due = last_write_ + span;
            if (due <= present)
                co_return;
            static_cast<void>(co_await changed_.wait_until(due));
        }
    }

    task<> watch_quiet()
    {
        co_await wait_for_rest(rest);
        auto const before = co_await store_.newest();
        co_await converge::sleep_for(quiet_span);
        auto const after = co_await store_.newest();
        quiet_writes_ = after.value() - before.value();
        if (quiet_writes_ == 0)
            narrator_.told_quiet("3 seconds");
        else
            say("\nThere were " + std::to_string(quiet_writes_) +
                " writes in two seconds in which nothing was to be done.\n");
    }

    /// Explains what keeps pods from running; pods with the same trouble together.
    void diagnose()
    {
        auto const verdicts = narrator_.facts().hopeless();
        if (verdicts.empty())
            return;
        if (!diagnosis_)
            diagnosis_ = *verdicts.front();
        std::vector<scaling_verdict const*> told;
        for (auto const* const each : verdicts) {
            auto const same = std::find_if(told.begin(), told.end(), [&](auto const* other) {
                return other->code == each->code && other->message == each->message;
            });
            if (same == told.end()) {
                told.push_back(each);
                say("\n" + explained(*each));
            } else {
                say("The same holds for Pod " + each->namespace_ + "/" + each->name + ".\n");
            }
        }
    }

    void say_missing()
    {
        say("\nThe time is over. The next step would have been " + narrator_.next() + ".\n");
        for (auto const& line : narrator_.facts().missing())
            say(wrapped("  ", line, 4));
        diagnose();
    }

    [[nodiscard]] bool all_running() const
    {
        return narrator_.past(16) && narrator_.facts().all_running();
    }

    [[nodiscard]] bool first_nodes_ready() const
    {
        auto const& nodes = narrator_.facts().nodes();
        auto const first = keys_of<machine>(plan_.machines.objects);
        return std::all_of(first.begin(), first.end(), [&](converge::object_key const& id) {
            auto const found = nodes.find(id);
            return found != nodes.end() && found->second.ready;
        });
    }

    /// At once: the steps are told when they happen.
    void say(std::string const& text) { out_ << text << std::flush; }

    converge::client api_;
    converge::any_store store_;
    story_plan plan_;
    std::ostream& out_;
    narrator narrator_;
    converge::wake changed_;
    converge::instant last_write_{};
    std::uint64_t quiet_writes_ = 0;
    std::optional<scaling_verdict> diagnosis_;
};

} // namespace

task<story_report> play_story(converge::client api, converge::any_store store, story_plan plan,
                              std::ostream& out)
{
    performance played{std::move(api), std::move(store), std::move(plan), out};
    co_return co_await played.run();
}

} // namespace cluster
