// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the promises of controllers are tried with: the bed of tests/controller, many seeds, and
// reconcilers that do what a script says.

#include "../controller/simulation.hpp"
#include "seeds.hpp"

#include <converge/work/random.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace guarantees {

using namespace control_test;
using converge::duration;
using converge::errc;
using converge::instant;
using converge::random_bits;

/// Calls `body(simulation&)` for as many seeds as usual: every second one with a network between.
template <class Body>
void try_seeds(Body body)
{
    each_seed(seeds(), body);
}

/// Calls `body(simulation&, random_bits&)`, without a network: what is written is seen at that
/// instant, so that times can be foretold.
template <class Body>
void try_calm_seeds(Body body)
{
    for (std::uint64_t seed = 0; seed < seeds(); ++seed) {
        CAPTURE(seed);
        simulation sim{seed};
        random_bits chance{seed};
        body(sim, chance);
    }
}

/// Below `longest`, to the nanosecond: two that are drawn are never the same.
[[nodiscard]] inline duration drawn_span(random_bits& chance, duration longest)
{
    return duration{
        static_cast<duration::rep>(chance.uniform(static_cast<std::uint64_t>(longest.count())))};
}

[[nodiscard]] inline std::vector<instant> drawn_instants(random_bits& chance, std::size_t count,
                                                         duration longest)
{
    std::vector<instant> made;
    for (std::size_t i = 0; i != count; ++i)
        made.emplace_back(drawn_span(chance, longest));
    std::sort(made.begin(), made.end());
    return made;
}

[[noreturn]] inline void fail(errc code = errc::unavailable)
{
    throw converge::error{code, "the cloud is away"};
}

/// What the `nth` run of a site does, from 1: returns or throws.
using script = std::function<outcome(object<site> const& of, std::size_t nth)>;

inline task<outcome> perform(journal& seen, script const& what, object<site> of)
{
    auto const at = co_await converge::now();
    journal::entry const here{seen, of, at};
    co_return what(of, seen.count(of.metadata.name));
}

/// A controller that does what a script says. `seen` must outlive it.
[[nodiscard]] inline controller<site> performing(journal& seen, script what)
{
    return {[&seen, what = std::move(what)](client, object<site> of) {
        return perform(seen, what, std::move(of));
    }};
}

/// 1 s, 2 s, 4 s, then 8 s for ever; nothing by chance.
[[nodiscard]] inline converge::backoff_policy doubling() { return {1s, 8s, 2.0, 0.0}; }
[[nodiscard]] inline duration doubled(unsigned attempt) { return doubling().delay(attempt, 0.0); }

inline task<> change_at(client api, instant due, int pages, std::string name = "a")
{
    co_await converge::sleep_until(due);
    co_await api.apply(site_named(std::move(name), pages));
}

/// How a run ends that is one of a script.
enum class fate { well, badly, for_good, again };

/// Mostly badly.
[[nodiscard]] inline std::vector<fate> drawn_fates(random_bits& chance, std::size_t count)
{
    std::vector<fate> made;
    for (std::size_t i = 0; i != count; ++i) {
        auto const drawn = chance.uniform(8);
        made.push_back(drawn > 2 ? fate::badly : static_cast<fate>((drawn + 2) % 4));
    }
    return made;
}

inline outcome meet(std::vector<fate> const& fates, std::size_t nth)
{
    switch (nth <= fates.size() ? fates[nth - 1] : fate::well) {
    case fate::well: break;
    case fate::badly: fail();
    case fate::for_good: fail(errc::terminal);
    case fate::again: return converge::again();
    }
    return converge::settled();
}

/// When a key runs, with the backoff `doubling`, that does what `fates` says, then settles, and
/// changes at each of `changes`, the last of which are long after all that goes badly.
[[nodiscard]] inline std::vector<instant> foretold(std::vector<fate> const& fates,
                                                   std::vector<instant> const& changes)
{
    std::vector<instant> runs;
    std::size_t nth = 0;
    for (auto due : changes)
        for (unsigned attempt = 0;; ++attempt) {
            runs.push_back(due);
            auto const how = nth < fates.size() ? fates[nth] : fate::well;
            ++nth;
            if (how == fate::well || how == fate::for_good)
                break;
            due += doubled(attempt);
        }
    return runs;
}

inline object<theme> theme_for(std::string used_by)
{
    object<theme> made{"dark"};
    made.spec.used_by = std::move(used_by);
    return made;
}

[[nodiscard]] inline std::vector<converge::key<site>> user_of(object<theme> const& of)
{
    return {site_key(of.spec.used_by)};
}

/// Makes the one page that a site has to have, if its view does not show it.
inline task<outcome> keep_page(client api, object<site> of, view<page> pages)
{
    if (!pages.owned_by(of).empty())
        co_return converge::settled();
    co_await api.create(page_of(of, of.metadata.name + "-page"));
    co_return converge::settled();
}

} // namespace guarantees
