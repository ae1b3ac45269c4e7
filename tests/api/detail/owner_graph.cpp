// SPDX-License-Identifier: BSL-1.0
#include <converge/api/detail/owner_graph.hpp>

#include "../session.hpp"

using namespace converge;
using namespace converge::detail;
using namespace api_test;
using namespace std::chrono_literals;

namespace {

using act = collection_step::act;

/// An object whose uid is its name.
object<note> note_of(std::string name, std::vector<std::string> owners = {})
{
    object<note> made{name};
    made.metadata.uid = uid{name};
    for (auto const& owner : owners)
        made.metadata.owner_references.push_back(
            {"v1", "Note", owner, uid{owner}, false, true});
    return made;
}

object<note> deleted(object<note> from, std::vector<std::string> finalizers)
{
    from.metadata.deletion_timestamp = timestamp{};
    from.metadata.finalizers = std::move(finalizers);
    return from;
}

/// Every step, as text, until nothing is left to decide.
std::vector<std::string> steps_of(owner_graph& graph)
{
    std::vector<std::string> told;
    while (graph.dirty())
        for (auto const& step : graph.next_steps()) {
            constexpr std::string_view names[] = {"remove", "remove foreground", "drop owners",
                                                  "drop finalizer", "unblock owners"};
            auto text = std::string{names[static_cast<std::size_t>(step.what)]} + " " +
                        step.target.key().name;
            for (auto const& owner : step.owners)
                text += " -" + owner.str();
            told.push_back(text + (step.finalizer.empty() ? "" : " -" + step.finalizer));
        }
    return told;
}

using steps = std::vector<std::string>;

void put(owner_graph& graph, object<note> what)
{
    graph.put(any_object{std::move(what)});
}

} // namespace

TEST_CASE("nothing is done about what has its owners, or none")
{
    owner_graph graph;
    put(graph, note_of("a"));
    put(graph, note_of("b", {"a"}));
    CHECK(steps_of(graph).empty());
    CHECK_FALSE(graph.dirty());
}

TEST_CASE("a dependent is judged again when its owner goes, whichever the graph knew first")
{
    owner_graph graph;
    put(graph, note_of("b", {"a"}));
    put(graph, note_of("a"));
    CHECK(steps_of(graph).empty());
    graph.erase(uid{"a"});
    CHECK(steps_of(graph) == steps{"remove b"});
}

TEST_CASE("owners that are gone are dropped while another one is there")
{
    owner_graph graph;
    put(graph, note_of("c", {"a", "b"}));
    put(graph, note_of("a"));
    CHECK(steps_of(graph) == steps{"drop owners c -b"});
}

TEST_CASE("what is being deleted is not removed again")
{
    owner_graph graph;
    put(graph, deleted(note_of("b", {"gone"}), {"test/hold"}));
    CHECK(steps_of(graph).empty());
}

TEST_CASE("foreground: dependents first, and the owner when none is left")
{
    owner_graph graph;
    put(graph, note_of("b", {"a"}));
    put(graph, deleted(note_of("a"), {foreground_finalizer}));
    CHECK(steps_of(graph) == steps{"remove foreground b"});
    put(graph, deleted(note_of("b", {"a"}), {"test/hold"}));
    CHECK(steps_of(graph).empty());
    graph.erase(uid{"b"});
    CHECK(steps_of(graph) == steps{"drop finalizer a -foregroundDeletion"});
}

TEST_CASE("orphan: the references first, and the owner when none is left")
{
    owner_graph graph;
    put(graph, note_of("b", {"a"}));
    put(graph, note_of("c", {"a", "b"}));
    put(graph, deleted(note_of("a"), {orphan_finalizer}));
    CHECK(steps_of(graph) == steps{"drop owners b -a", "drop owners c -a"});
    put(graph, note_of("b"));
    put(graph, note_of("c", {"b"}));
    CHECK(steps_of(graph) == steps{"drop finalizer a -orphan"});
}

TEST_CASE("orphan comes before foreground where an object has both")
{
    owner_graph graph;
    put(graph, note_of("b", {"a"}));
    put(graph, deleted(note_of("a"), {foreground_finalizer, orphan_finalizer}));
    CHECK(steps_of(graph) == steps{"drop owners b -a"});
}

TEST_CASE("foreground: what waits for itself, through others or not, waits no longer")
{
    owner_graph graph;
    put(graph, deleted(note_of("a", {"c", "top"}), {foreground_finalizer}));
    put(graph, note_of("b", {"a"}));
    put(graph, note_of("c", {"b"}));
    put(graph, note_of("top"));
    put(graph, deleted(note_of("self", {"self"}), {foreground_finalizer}));
    auto told = steps_of(graph);
    std::sort(told.begin(), told.end());
    CHECK(told ==
          steps{"remove foreground b", "unblock owners a -c", "unblock owners self -self"});
}

TEST_CASE("foreground: owners above one another are no cycle, nor is one that does not block")
{
    owner_graph graph;
    put(graph, note_of("a"));
    put(graph, note_of("b", {"a"}));
    put(graph, deleted(note_of("c", {"a", "b"}), {foreground_finalizer}));
    auto loose = note_of("d", {"c"});
    put(graph, deleted(loose, {"test/hold"}));
    CHECK(steps_of(graph).empty());
    auto back = note_of("a", {"d"});
    back.metadata.owner_references[0].block_owner_deletion = false;
    put(graph, back);
    CHECK(steps_of(graph).empty());
}

TEST_CASE("while an object cannot be read, nothing counts as gone, and nothing as free to go")
{
    owner_graph graph;
    CHECK(graph.miss("k"));
    CHECK_FALSE(graph.miss("k"));
    put(graph, note_of("b", {"gone"}));
    put(graph, deleted(note_of("c"), {foreground_finalizer}));
    put(graph, deleted(note_of("d"), {orphan_finalizer}));
    put(graph, note_of("e", {"c", "gone"}));
    put(graph, deleted(note_of("g"), {foreground_finalizer}));
    CHECK(steps_of(graph).empty());
    // Who is known to wait is known.
    put(graph, note_of("f", {"c"}));
    CHECK(steps_of(graph) == steps{"remove foreground f"});
    graph.erase(uid{"f"});
    static_cast<void>(steps_of(graph));
    // The text is corrected, or the object removed.
    any_object const unreadable{std::make_shared<encoded_object const>(
        type_of<note>(), R"({"metadata": 7})", revision{1})};
    graph.apply(store_event{"k", {}, unreadable, revision{2}});
    CHECK(steps_of(graph) == steps{"remove b", "drop finalizer d -orphan", "remove foreground e",
                                   "drop finalizer g -foregroundDeletion"});
}

TEST_CASE("what cannot be read changes nothing that is known")
{
    owner_graph graph;
    any_object const unreadable{
        std::make_shared<encoded_object const>(type_of<note>(), "[]", revision{1})};
    CHECK_THROWS_AS(graph.put(unreadable), error);
    CHECK_THROWS_AS(graph.apply(store_event{"k", unreadable, {}, revision{1}}), error);
    CHECK_FALSE(graph.dirty());
}

TEST_CASE("a change of owners moves an object from one to the other")
{
    owner_graph graph;
    put(graph, note_of("a"));
    put(graph, note_of("b"));
    put(graph, note_of("c", {"a"}));
    put(graph, note_of("c", {"b"}));
    graph.erase(uid{"a"});
    CHECK(steps_of(graph).empty());
    graph.erase(uid{"b"});
    CHECK(steps_of(graph) == steps{"remove c"});
}

TEST_CASE("an event that replaces an object of one uid by another counts as both")
{
    owner_graph graph;
    put(graph, note_of("a"));
    put(graph, note_of("b", {"a"}));
    auto namesake = note_of("a");
    namesake.metadata.uid = uid{"a-2"};
    graph.apply(store_event{"k", any_object{namesake}, any_object{note_of("a")}, revision{3}});
    CHECK(steps_of(graph) == steps{"remove b"});
}

TEST_CASE("what was refused comes back when its time has come, and not before")
{
    owner_graph graph;
    put(graph, note_of("b", {"a"}));
    put(graph, deleted(note_of("a"), {orphan_finalizer}));
    auto const start = instant{} + 1h;
    while (graph.dirty())
        for (auto const& step : graph.next_steps())
            graph.postpone(step.cause, start + 1s);
    CHECK(graph.retry_at() == start + 1s);
    graph.resume(start);
    CHECK_FALSE(graph.dirty());
    graph.resume(start + 1s);
    CHECK_FALSE(graph.retry_at());
    CHECK(steps_of(graph) == steps{"drop owners b -a"});
}

TEST_CASE("what was refused and then went is forgotten")
{
    owner_graph graph;
    put(graph, note_of("b", {"gone"}));
    auto const refused = graph.next_steps();
    REQUIRE(refused.size() == 1);
    static_cast<void>(steps_of(graph));
    graph.postpone(refused[0].cause, instant{} + 1s);
    graph.erase(uid{"b"});
    graph.resume(instant{} + 1s);
    CHECK(steps_of(graph).empty());
}
