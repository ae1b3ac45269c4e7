// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/detail/object_log.hpp>

#include "judging.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>

using namespace converge;
using namespace judging;
using converge::testing::detail::end_state;
using converge::testing::detail::object_log;

namespace {

/// A run, as it is written down.
class told : public court {
public:
    template <class R>
    object<R> add(object<R> one)
    {
        log_.wrote(made(one));
        keep(any_object{one});
        return one;
    }
    template <class R>
    void change(object<R> one)
    {
        log_.wrote(changed(one, one));
        keep(any_object{one});
    }
    template <class R>
    void take(object<R> const& one)
    {
        log_.wrote(removed(one));
        left_.erase(key_of(any_object{one}));
    }
    void poison(std::string key) { poisoned_ = std::move(key); }

    [[nodiscard]] end_state end(std::set<resource_type const*> ignored = {}) const
    {
        return log_.end(snapshot{left_, revision{100}}, ignored, poisoned_);
    }
    [[nodiscard]] std::set<std::string> owners_above(std::string const& key) const
    {
        return log_.owners_above(key);
    }

private:
    static std::string key_of(any_object const& one) { return store_key(one.type(), one.key()); }
    void keep(any_object one) { left_.insert_or_assign(key_of(one), one); }

    object_log log_;
    snapshot::objects left_;
    std::string poisoned_;
};

/// A seat whose name the api made: `a-` and these letters.
object<seat> drawn_seat(object<team> const& of, std::string const& letters, int number = 1)
{
    auto made = seat_of(of, of.metadata.name + "-" + letters);
    made.metadata.generate_name = of.metadata.name + "-";
    made.spec.number = number;
    return made;
}

[[nodiscard]] std::string differs(told const& one, told const& calm, bool counts = true)
{
    return one.end().difference_from(calm.end(), counts);
}

} // namespace

TEST_CASE("runs that left the same are alike, whatever names, uids and times the api gave")
{
    told one;
    told other;
    for (auto* run : {&one, &other}) {
        bool const first = run == &one;
        auto owner = team_of(2);
        owner.metadata.uid = uid{first ? "u1" : "u2"};
        owner.metadata.creation_timestamp = timestamp{std::chrono::seconds{first ? 1 : 2}};
        owner.metadata.resource_version = revision{first ? 7u : 8u};
        run->add(owner);
        run->add(drawn_seat(owner, first ? "zzz" : "aaa", 1));
        run->add(drawn_seat(owner, first ? "bbb" : "ccc", 2));
        owner.status.members = first ? std::vector<std::string>{"a-bbb", "a-zzz"}
                                     : std::vector<std::string>{"a-aaa", "a-ccc"};
        owner.status.observed_generation = first ? 1 : 2;
        run->change(owner);
    }
    CHECK(differs(one, other) == "");
}

TEST_CASE("names that begin with a made name, and owners that have one, are alike")
{
    told one;
    told other;
    for (auto* run : {&one, &other}) {
        auto parent = team_of(1, run == &one ? "t-x1" : "t-y2");
        parent.metadata.generate_name = "t-";
        run->add(parent);
        run->add(seat_of(parent, parent.metadata.name + "-1"));
        run->add(drawn_seat(parent, run == &one ? "m" : "n"));
        auto mention = named<choir>("c");
        mention.spec.song = "of data-" + parent.metadata.name + ".example";
        run->add(mention);
    }
    CHECK(differs(one, other) == "");
}

TEST_CASE("names are made the same only where the api made them")
{
    told one;
    told calm;
    one.add(named<choir>("c1"));
    calm.add(named<choir>("c2"));
    CHECK(differs(one, calm) ==
          "test.converge.dev/choirs/default/c1 is there, and is not without faults");
    auto song = named<choir>("c");
    told sings;
    told silent;
    sings.add(drawn_seat(team_of(1), "x"));
    silent.add(drawn_seat(team_of(1), "y"));
    song.spec.song = "a-xylophone";
    sings.add(song);
    song.spec.song = "a-ylang";
    silent.add(song);
    CHECK(differs(sings, silent).find("a-ylang\" -> \"a-xylophone") != std::string::npos);
}

TEST_CASE("a run that left something else is told apart")
{
    told calm;
    calm.add(team_of(2));
    calm.add(drawn_seat(team_of(2), "m", 1));
    calm.add(drawn_seat(team_of(2), "n", 2));

    told fewer;
    fewer.add(team_of(2));
    fewer.add(drawn_seat(team_of(2), "m", 2));
    CHECK(differs(fewer, calm) ==
          "test.converge.dev/seats/default/a-* is there 1 times, and 2 times without faults");
    CHECK(differs(told{}, calm).ends_with("is there without faults, and is missing"));

    told others;
    others.add(team_of(2));
    others.add(drawn_seat(team_of(2), "m", 3));
    others.add(drawn_seat(team_of(2), "n", 1));
    CHECK(differs(others, calm) == "test.converge.dev/seats/default/a-* ends otherwise than "
                                   "without faults: spec.number: 2 -> 3");
}

TEST_CASE("what came and went is compared both ways")
{
    told once;
    once.add(team_of(1));
    once.take(team_of(1));
    told never;
    CHECK(differs(once, never) == "test.converge.dev/teams/default/a was created 1 times and "
                                  "went 1 times; without faults 0 and 0");
    CHECK(differs(never, once) == "test.converge.dev/teams/default/a was created 0 times and "
                                  "went 0 times; without faults 1 and 1");
    CHECK(differs(never, once, false) == "");
}

TEST_CASE("kinds that are ignored are not compared, neither what is left nor what came")
{
    told one;
    one.add(team_of(1));
    CHECK(one.end({&type_of<team>()}).difference_from(told{}.end(), true) == "");
    CHECK(one.end({&type_of<seat>()}).difference_from(told{}.end(), true) != "");
}

TEST_CASE("what hangs together with a poisoned object may differ, and nothing else")
{
    told calm;
    for (auto const* name : {"a", "b"}) {
        calm.add(team_of(2, name));
        for (auto const* letters : {"-1", "-2"})
            calm.add(seat_of(team_of(2, name), std::string{name} + letters));
    }
    told poisoned;
    poisoned.add(team_of(1));
    poisoned.add(seat_of(team_of(1), "a-1"));
    poisoned.add(team_of(2, "b"));
    for (auto const* each : {"b-1", "b-2"})
        poisoned.add(seat_of(team_of(2, "b"), each));
    CHECK(differs(poisoned, calm) != "");
    poisoned.poison("test.converge.dev/seats/default/a-1");
    CHECK(differs(poisoned, calm) == "");
    poisoned.take(seat_of(team_of(2, "b"), "b-2"));
    CHECK(differs(poisoned, calm) ==
          "test.converge.dev/seats/default/b-2 is there without faults, and is missing");
}

TEST_CASE("the owners above a key are known, and theirs, of every object that had it")
{
    told one;
    auto middle = named<team>("m");
    middle.metadata.owner_references.push_back(controller_reference(named<choir>("top")));
    one.add(named<choir>("top"));
    one.add(middle);
    one.add(seat_of(middle, "s"));
    one.add(seat_of(middle, "t"));
    CHECK(one.owners_above("test.converge.dev/seats/default/s") ==
          std::set<std::string>{"uid-of-s", "uid-of-m", "uid-of-top"});
}
