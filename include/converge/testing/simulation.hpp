// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/client.hpp>
#include <converge/codec/resource_type.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>
#include <converge/store/any_store.hpp>
#include <converge/testing/fault.hpp>
#include <converge/testing/fault_plan.hpp>
#include <converge/testing/snapshot.hpp>
#include <converge/testing/timeline.hpp>
#include <converge/testing/violation.hpp>
#include <converge/testing/world.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace converge::testing {

class simulation;

namespace detail {

class simulation_state;
[[nodiscard]] CONVERGE_DECL simulation_state& state_of(simulation& in);

} // namespace detail

/// How a simulated run went.
struct run_report {
    /// Nothing if all that must hold held.
    std::optional<violation> wrong;
    /// What was done to it, in order.
    std::vector<fault> faults;
    /// The same for every run of the same plan, with every compiler.
    std::uint64_t fingerprint = 0;
    std::uint64_t steps = 0;
    std::uint64_t writes = 0;
    std::uint64_t reconciles = 0;
    duration span{};
};

/// One run of a scenario: a store, an api and a network in a `world`, processes that the plan
/// kills, delays and lies to as a real system may, and oracles that judge what comes of it.
///
/// A scenario is a function that declares, on a fresh simulation, what runs and what must hold:
///
///     void sites_get_one_page(simulation& sim)
///     {
///         sim.plane("controllers",
///                   [](client api) { return run(api, controller<site>{careful}); });
///         sim.user("user", create_sites);
///         sim.eventually("every site has one page", every_site_has_one_page);
///     }
///
/// The run has four parts. *Faults*: for a minute of virtual time, or longer where scripts take
/// longer, the plan's faults happen. *Calm*: they stop, and everything has ten minutes to come to
/// rest with every `eventually` true. *Quiet*: for two minutes nothing may be written. *Again*:
/// every plane is killed and started, so that every object is reconciled once more from a fresh
/// list; nothing may be written.
///
/// Always checked, without being asked: that it comes to rest and stays so; that no key is
/// reconciled over and over while nothing changes; that a second look writes nothing; that a
/// controller destroys and changes only what the object it works for owns, or nobody; that every
/// dependant's owner lives in the end; that observedGeneration and condition times tell the
/// truth; that a key is in one worker at a time and that watches tell every change once, in
/// order. The rest is said by the members below.
///
/// Which faults happen hangs on the seed. It first draws which kinds there are in this run, about
/// half of them, and how likely each is; then, at each place where one can happen, whether it does.
/// *Requests* of planes meet refused_request, pause, stale_replica (lists that any replica may
/// answer) and crash_in_request when they are sent; lost_request, late_request, expired_token,
/// rival_write (writes of what exists), slow_answer and lost_answer under way. *Watches* of planes
/// meet compaction when they begin, and late_event, broken_watch, silent_watch and hidden_event
/// before each batch. A *start* of a plane draws a crash within its next 300 steps; *calls to the
/// outside* of planes meet slow_call, refused_call and lost_call_answer (see `outside`). The
/// *clocks* of all draw late_timers once and clock_jump every twenty seconds. poisoned_object is
/// drawn when an object of a kind that `eventually_each` names is created. Of these about one in a
/// hundred to one in four happen; of crash, stale_replica, compaction, clock_jump, late_timers and
/// poisoned_object, which have few places, one in five to nine in ten. `chance_of` sets other
/// chances.
///
/// @par Threads   None; different simulations may run on different threads.
/// @par Lifetime  What scenarios give to it is kept until the simulation ends.
class simulation {
public:
    CONVERGE_DECL explicit simulation(fault_plan plan);
    simulation(simulation const&) = delete;
    simulation& operator=(simulation const&) = delete;
    CONVERGE_DECL ~simulation();

    /// @name What runs
    /// @{

    /// A process that controllers run in: it is killed and paused, its connection is bad, and what
    /// it writes is judged. `start` is called at every start with a client of a new connection, as
    /// in production; the task it returns is the process. May be called while the simulation runs,
    /// by an `environment`: the process starts at once.
    /// @throws errc::invalid if a plane that was declared before the run has this name. One that
    ///         was started within may have a successor of its name, as a machine that comes back.
    CONVERGE_DECL void plane(std::string name, std::function<task<>(client)> start);
    /// This plane's task may return, as that of a machine that is switched off; not throw. Once it
    /// has returned it is not started again. Otherwise a plane that ends is accused.
    CONVERGE_DECL void may_end(std::string plane);
    /// A person or a program that writes what is desired, over a good connection; it runs once, and
    /// no fault touches it, nor its calls to the `outside`. Its end ends the faults, if that is
    /// later than a minute. To be declared before the run.
    /// @throws errc::invalid if the simulation runs.
    CONVERGE_DECL void user(std::string name, std::function<task<>(client)> script);
    /// A process that no fault touches: a fake of the outside that does something by itself. Its
    /// own calls to the `outside` are not disturbed either. It may end, but not fail.
    CONVERGE_DECL void environment(std::string name, std::function<task<>()> start);
    /// Puts something between the api and the store: for tests of the framework itself.
    CONVERGE_DECL void over_store(std::function<any_store(any_store)> wrap);

    /// @}
    /// @name What must hold
    /// A check returns what is wrong, as text that names the object, or an empty text.
    /// @{
    using check = std::function<std::string(snapshot const&)>;

    /// Must hold in the end, and from then on.
    CONVERGE_DECL void eventually(std::string name, check holds);
    /// Must hold after every write of anybody, from the first.
    CONVERGE_DECL void always(std::string name, check holds);
    /// Must hold for every object of a kind in the end, but for one that is poisoned: turns
    /// fault_kind::poisoned_object on, which fails every write of one object of the kind. That
    /// object and its owners may then fail for ever.
    template <class R>
    void eventually_each(std::string name, std::function<std::string(object<R> const&)> holds)
    {
        poison(type_of<R>(), std::move(name),
               [holds = std::move(holds)](any_object const& one) { return holds(*one.as<R>()); });
    }
    /// A controller may remove a `Child` only if some version of the owner that had the child's
    /// owner uid allows it.
    template <class Owner, class Child>
    void removes_only_if(std::function<bool(object<Owner> const&, object<Child> const&)> allowed)
    {
        justify(type_of<Owner>(), type_of<Child>(),
                [allowed = std::move(allowed)](any_object const& owner, any_object const& child) {
                    return allowed(*owner.as<Owner>(), *child.as<Child>());
                });
    }
    /// An owner never has more living children of a kind than it ever asked for, plus `surge`.
    template <class Owner, class Child>
    void at_most(std::function<std::size_t(object<Owner> const&)> asked, std::size_t surge = 0)
    {
        bound(
            type_of<Owner>(), type_of<Child>(),
            [asked = std::move(asked)](any_object const& owner) {
                return asked(*owner.as<Owner>());
            },
            surge);
    }
    /// The end must be that of the run without faults (and, with several desired states, that of
    /// the last of them alone): the same objects with the same spec and status, each created and
    /// deleted as often unless `counts` is false or several states were desired. Generated names,
    /// uids, times and revisions are not compared, nor the order of lists that such names are in;
    /// events, leases and `restless` kinds neither, nor a poisoned object and all that hangs
    /// together with it by ownership.
    CONVERGE_DECL void same_end_without_faults(bool counts = true);
    /// The user goes through some of these states, in an order that the seed draws, and ends in
    /// one; see `same_end_without_faults`. Each is a script that makes it the desired one from any
    /// other.
    CONVERGE_DECL void
    desired_states(std::vector<std::pair<std::string, std::function<task<>(client)>>> states);

    /// @}
    /// @name How it is judged
    /// @{

    /// Planes may change and remove such objects whoever owns them.
    template <class R>
    void shared()
    {
        share(type_of<R>());
    }
    /// Writes of such objects are no unrest. Events are ignored unless said otherwise.
    template <class R>
    void restless()
    {
        ignore(type_of<R>());
    }
    /// How often a key may be reconciled in two quiet minutes, beside resyncs and what its
    /// controller asked for with `again_in`; 1 unless set.
    CONVERGE_DECL void reconciles_in_quiet(std::size_t most);
    /// Faults of this kind are drawn with this chance at each place, instead of one that the seed
    /// draws or none; zero: never.
    CONVERGE_DECL void chance_of(fault_kind kind, double chance);
    /// As above, but for the requests, watches and starts of one plane alone; counts more than what
    /// is said of all planes. Calls to the outside are named by their fake, and belong to no plane
    /// here.
    CONVERGE_DECL void chance_of(fault_kind kind, double chance, std::string plane);
    /// Controllers resync as they ask for, in every run. Otherwise half of the runs take their
    /// resyncs away, because those hide what was missed, and the others make one every half minute:
    /// say this of controllers that need them, to notice what no watch tells.
    CONVERGE_DECL void keeps_resyncs();
    /// How long faults go on at least; a minute unless set.
    CONVERGE_DECL void faults_for(duration span);
    /// How long it may take to come to rest when they have stopped; ten minutes unless set.
    CONVERGE_DECL void rests_within(duration span);

    /// How long nothing may have been written before it is taken to be at rest; 45 seconds unless
    /// set. Longer than the longest `again_in` after which a controller may still have something to
    /// write. @pre Less than `rests_within`.
    CONVERGE_DECL void rests_after(duration span);

    /// @}
    /// @name While it runs
    /// @{

    [[nodiscard]] CONVERGE_DECL testing::world& world() noexcept;
    [[nodiscard]] CONVERGE_DECL snapshot now() const;

    /// @}

    /// Runs it, once. @throws errc::invalid if it was run before.
    CONVERGE_DECL run_report run();
    /// As `run`, and tells who did what when.
    CONVERGE_DECL run_report run(timeline& told);

private:
    friend detail::simulation_state& detail::state_of(simulation& in);

    using count_of = std::function<std::size_t(any_object const&)>;
    using judge_one = std::function<std::string(any_object const&)>;
    using judge_two = std::function<bool(any_object const&, any_object const&)>;

    CONVERGE_DECL void poison(resource_type const& type, std::string name, judge_one holds);
    CONVERGE_DECL void justify(resource_type const& owner, resource_type const& child,
                               judge_two allowed);
    CONVERGE_DECL void bound(resource_type const& owner, resource_type const& child, count_of asked,
                             std::size_t surge);
    CONVERGE_DECL void share(resource_type const& type);
    CONVERGE_DECL void ignore(resource_type const& type);

    std::unique_ptr<detail::simulation_state> state_;
};

/// A name and what it declares.
///
/// @par Threads  `explore` calls `declare` from several threads at once, each with a simulation of
///               its own.
/// @par State    `declare` is called anew for every run, some of them twice, and each run must
///               begin with the same: what a run remembers (a fake of a cloud, a count of calls) is
///               made within `declare` and shared by what it declares. A fake outside of it,
///               captured by reference, is a data race, and carries what one seed did into the next.
///
///     void declare(simulation& sim)
///     {
///         auto const cloud = std::make_shared<fake_cloud>();
///         sim.plane("controllers", [cloud](client api) { return run_with(api, cloud); });
///         sim.eventually("no machine is left",
///                        [cloud](snapshot const&) { return cloud->left(); });
///     }
struct scenario {
    std::string name;
    std::function<void(simulation&)> declare;
    /// What `explore` is asked for when nothing else is said.
    std::uint64_t seeds = 1000;

    scenario(std::string called, std::function<void(simulation&)> how, std::uint64_t runs = 1000)
        : name{std::move(called)},
          declare{std::move(how)},
          seeds{runs}
    {}
};

} // namespace converge::testing

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/simulation.ipp>
#endif
