// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/reconcile_history.hpp>

#include <converge/observe/detail/span_text.hpp>

#include <algorithm>
#include <cstdint>
#include <set>

namespace converge {

CONVERGE_DECL std::string explanation::str() const
{
    auto text = to_string(about) + "\n";
    for (auto const& [controller, state] : states)
        text += "  " + controller + " " + state + "\n";
    for (auto const& each : runs)
        text += "  " + detail::span_text(now - each.began) + " ago, " + each.controller + ": " +
                to_string(each) + "\n";
    if (states.empty() && runs.empty())
        text += "  nothing is known of it: no controller runs this kind, or it was long ago\n";
    return text;
}

CONVERGE_DECL explanation reconcile_history::explain(object_ref const& about, instant now) const
{
    explanation found;
    found.about = about;
    found.now = now;
    object_key const id{about.namespace_, about.name};
    for (auto const& each : probes_)
        if (auto const alive = each.lock(); alive && alive->kind == about.kind)
            if (auto state = alive->what(id, now); !state.empty())
                found.states.emplace_back(alive->controller, std::move(state));
    std::copy_if(runs_.rbegin(), runs_.rend(), std::back_inserter(found.runs),
                 [&](auto const& run) { return run.about == about; });
    return found;
}

CONVERGE_DECL void reconcile_history::add(reconcile_record run)
{
    runs_.push_back(std::move(run));
    if (runs_.size() > limit_)
        runs_.pop_front();
}

CONVERGE_DECL std::shared_ptr<void> reconcile_history::ask(std::string controller, std::string kind,
                                                           probe what)
{
    std::erase_if(probes_, [](auto const& each) { return each.expired(); });
    auto made =
        std::make_shared<asked>(asked{std::move(controller), std::move(kind), std::move(what)});
    probes_.push_back(made);
    return made;
}

/// Follows writes to runs and runs to writes; each run is shown once, where it is met first.
struct reconcile_history::tree {
    explicit tree(std::deque<reconcile_record> const& runs)
    {
        for (auto const& run : runs) {
            for (auto const& why : run.causes)
                if (why.at())
                    caused[why.at()].push_back(&run);
            for (auto const& write : run.writes)
                writer[write.at] = &run;
        }
    }

    void print_write(write_record const& what, std::string const& stem, bool last)
    {
        text += stem + (last ? "`- " : "|- ") + what.verb + " " + to_string(what.object) + " at " +
                to_string(what.at) + "\n";
        print_runs(what.at, stem + (last ? "   " : "|  "));
    }

    void print_runs(revision at, std::string const& stem)
    {
        auto const found = caused.find(at);
        if (found == caused.end())
            return;
        std::vector<reconcile_record const*> fresh;
        for (auto const* run : found->second)
            if (shown.insert(run).second)
                fresh.push_back(run);
        for (auto const* run : fresh)
            print_run(*run, stem, run == fresh.back());
    }

    void print_run(reconcile_record const& run, std::string const& stem, bool last)
    {
        text += stem + (last ? "`- " : "|- ") + run.controller + " reconciled " +
                to_string(run.about) + ": " + run.result + " after " + detail::span_text(run.took) +
                (run.why.empty() ? "" : " (" + run.why + ")") + "\n";
        for (auto const& write : run.writes)
            print_write(write, stem + (last ? "   " : "|  "), &write == &run.writes.back());
    }

    std::map<revision, std::vector<reconcile_record const*>> caused;
    std::map<revision, reconcile_record const*> writer;
    std::set<reconcile_record const*> shown;
    std::string text;
};

CONVERGE_DECL std::string reconcile_history::chain(revision root) const
{
    tree found{runs_};
    found.text = "revision " + to_string(root);
    if (auto const by = found.writer.find(root); by != found.writer.end())
        for (auto const& write : by->second->writes)
            if (write.at == root)
                found.text += ": " + by->second->controller + " did " + write.verb + " " +
                              to_string(write.object);
    found.text += "\n";
    found.print_runs(root, "");
    return found.text;
}

} // namespace converge
