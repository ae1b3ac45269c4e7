// SPDX-License-Identifier: BSL-1.0
#include <converge/client/informer_set.hpp>

#include "../client/informed.hpp"

#include <converge/api/list_options.hpp>
#include <converge/async/race.hpp>
#include <converge/controller/controller.hpp>
#include <converge/manager/run.hpp>
#include <converge/observe/metrics_registry.hpp>

#include <boost/json/serialize.hpp>

#include <atomic>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <type_traits>

using namespace client_test;
using namespace std::chrono_literals;

namespace {

/// A site without what is large.
struct slim_site {
    using projection_of = site;
    static constexpr kind_name kind = site::kind;
    struct spec {
        std::string image{};
    };
    struct status {
        int ready = 0;
    };
};
BOOST_DESCRIBE_STRUCT(slim_site::spec, (), (image))
BOOST_DESCRIBE_STRUCT(slim_site::status, (), (ready))

struct by_image : index_of<site> {
    static std::string const& value(object<site> const& of) { return of.spec.image; }
};
struct by_data : index_of<note> {
    static std::string value(object<note> const&) { return {}; }
};

template <class View, class Index>
concept asks_by = requires(View const& of) { of.template by<Index>("x"); };

template <class Reconciler, class R>
concept reconciles = reconciler<Reconciler, R>;

object<site> large_site()
{
    auto made = site_named("large", 3);
    made.spec.settings["blob"] = std::string(10'000, 'x');
    made.metadata.annotations["note"] = std::string(10'000, 'y');
    return made;
}

task<outcome> read_slim(std::vector<std::string>& into, view<slim_site> sites)
{
    for (auto const& each : sites.all())
        into.push_back(each->spec.image);
    co_return settled();
}

} // namespace

TEST_CASE("I7 an object that was replaced within a gap is one change with two uids")
{
    informed user;
    user.start(user.sites->run());
    auto const first = user.create(site_named("a", 1));
    std::vector<object_change> seen;
    auto const hears =
        user.sites->subscribe([&](object_change const& change) { seen.push_back(change); });
    seen.clear();
    *user.link->watches_fail = errc::gone;
    user.remove(first->key());
    auto const second = user.create(site_named("a", 2));
    *user.link->watches_fail = std::nullopt;
    user.advance(1s);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].before.metadata().uid == first->metadata.uid);
    CHECK(seen[0].after.metadata().uid == second->metadata.uid);
    CHECK_FALSE(seen[0].final_state_unknown);
}

TEST_CASE("I8 a resync runs every object as it is, and asks the server nothing")
{
    informed user;
    user.create(site_named("a", 1));
    user.create(site_named("b", 1));
    int runs = 0;
    controller<site> const counting{[&runs](client, object_ptr<site>) -> task<outcome> {
        ++runs;
        co_return settled();
    }};
    user.start(run(client{user.link}, counting.resync(1min)));
    auto const asked = user.link->lists + user.link->watches;
    CHECK(runs == 2);
    for (int i = 0; i != 3; ++i)
        user.advance(61s);
    CHECK(runs == 8);
    CHECK(user.link->lists + user.link->watches == asked);
    user.stop();
}

TEST_CASE("P13 a projection and a transform keep out of memory what nobody reads")
{
    informed user;
    auto const stored = user.create(large_site());
    informer_set slim{user.server};
    slim.configure(cache_options<slim_site>{}.transform(
        [](object<slim_site>& of) { of.metadata.annotations.clear(); }));
    auto const sites = slim.view_of<slim_site>();
    user.start(slim.of(type_of<slim_site>())->run());
    auto const found = sites.find(key<slim_site>{"large"});
    REQUIRE(found != nullptr);
    CHECK(found->spec.image == stored->spec.image);
    CHECK(found->metadata.annotations.empty());
    CHECK(found->metadata.resource_version == stored->metadata.resource_version);
    CHECK(boost::json::serialize(encode(*found)).size() < 500);

    informer_set whole{user.server, logger{user.log}};
    whole.configure(cache_options<site>{}.transform([](object<site>& of) {
        of.spec.settings.clear();
        of.metadata.name = "other";
        of.metadata.resource_version = {};
    }));
    auto const all = whole.view_of<site>();
    user.start(whole.of(type_of<site>())->run());
    auto const cut = all.find(stored->key());
    REQUIRE(cut != nullptr);
    CHECK(cut->spec.settings.empty());
    CHECK(cut->spec.replicas == 3);
    // What objects are told by stays, and somebody is told.
    CHECK(cut->metadata.resource_version == stored->metadata.resource_version);
    CHECK(user.log->count("a transform changed what an object is told by; that was undone") == 1);
    CHECK(stored->spec.settings.at("blob").size() == 10'000);
    user.update(large_site());
    CHECK(all.find(stored->key())->spec.settings.empty());
    user.stop();
}

TEST_CASE("P13 a reconciler that takes a view of a projection makes only the part be cached")
{
    informed user;
    user.create(large_site());
    std::vector<std::string> images;
    controller<note> const reading{[&images](client, object_ptr<note>, view<slim_site> sites) {
        return read_slim(images, std::move(sites));
    }};
    user.start(run(client{user.server}, reading));
    user.create(object<note>{"n"});
    CHECK(images == lines{"site:1"});
    user.stop();
}

TEST_CASE("P14 readers share one object with the store, and cannot change it")
{
    informed user;
    user.start(user.sites->run());
    auto const stored = user.create(site_named("a", 1));
    view<site> const first{user.sites};
    auto const shown = first.snapshot();
    CHECK(first.find(stored->key()) == stored);
    CHECK(first.all().front() == stored);
    CHECK(shown.find(stored->key()) == stored);
    auto const before = stored.use_count();
    for (auto const& each : shown) {
        CHECK(&each == stored.get());
        CHECK(stored.use_count() == before);
        static_assert(std::is_const_v<std::remove_reference_t<decltype(each)>>);
    }
    static_assert(
        std::is_same_v<decltype(first.find(stored->key())), std::shared_ptr<object<site> const>>);
    static_assert(std::is_same_v<decltype(*shown.begin()), object<site> const&>);
}

TEST_CASE("P15 a reader that takes its time does not hold up the writer, nor see its writes")
{
    informed user;
    for (int i = 0; i != 50; ++i)
        user.create(site_named("s" + std::to_string(i), 1));
    user.start(user.sites->run());
    view<site> const sites{user.sites};
    std::atomic<bool> begun{false};
    std::atomic<bool> written{false};
    int changed = 0;
    int fresh = 0;
    std::thread reader{[&, sites] {
        auto const shown = sites.snapshot();
        auto each = shown.begin();
        begun = true;
        begun.notify_one();
        // It stands in the middle of its list until the writer is through.
        written.wait(false);
        for (; each != shown.end(); ++each)
            changed += each->spec.replicas != 1;
        for (auto const& now : sites.snapshot())
            fresh += now.spec.replicas == 2;
    }};
    begun.wait(false);
    for (int i = 0; i != 50; ++i)
        user.update(site_named("s" + std::to_string(i), 2));
    user.remove(site_key("s7"));
    CHECK(sites.find(site_key("s0"))->spec.replicas == 2);
    CHECK(sites.size() == 49);
    written = true;
    written.notify_one();
    reader.join();
    CHECK(changed == 0);
    CHECK(fresh == 49);
}

TEST_CASE("P16 what is not declared does not compile, and a cache that cannot sync says why")
{
    static_assert(asks_by<view<site, by_image>, by_image>);
    static_assert(!asks_by<view<site>, by_image>);
    static_assert(!asks_by<view<site, by_image>, by_data>);
    static_assert(!asks_by<cache_snapshot<site>, by_image>);
    static_assert(asks_by<view<note, by_data>, by_data>);
    static_assert(index_on<by_image, site>);
    static_assert(!index_on<by_image, note>);
    static_assert(reconciles<task<outcome> (*)(client, object<note>, view<site, by_image>), note>);
    static_assert(!reconciles<task<outcome> (*)(client, object<note>, informer_set&), note>);

    informed user;
    user.link->lists_fail = true;
    user.start(user.sites->run());
    auto const waiting = user.start(deadline(user.sites->wait_synced(), 10s));
    user.advance(11s);
    CHECK(waiting->done);
    CHECK(user.sites->last_failure().is(errc::unavailable));
    CHECK(mentions(user.sites->last_failure(), "the list failed"));
    user.link->lists_fail = false;
    user.advance(1min);
    CHECK(user.sites->synced());
    CHECK_FALSE(user.sites->last_failure().code);
}

TEST_CASE("P20 clients that lost their place together do not list together")
{
    auto const store = std::make_shared<memory_store>();
    std::set<int> times;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        session user{store, seed};
        auto const link = std::make_shared<fragile_transport>(user.server);
        informer sites{link, type_of<site>()};
        user.start(sites.run());
        *link->watches_fail = errc::gone;
        user.apply(site_named("a", static_cast<int>(seed)));
        *link->watches_fail = std::nullopt;
        int waited = 0;
        for (; link->lists == 1 && waited < 1000; ++waited)
            user.advance(1ms);
        times.insert(waited);
        user.stop();
    }
    CHECK(times.size() > 8);
    CHECK(*times.rbegin() <= 51);
    CHECK(*times.rbegin() - *times.begin() >= 12);
}

TEST_CASE("P20 what a cache shows, since when, and why not, are metrics")
{
    metrics_registry metrics;
    informed user;
    informer_set set{user.link};
    set.measured_by(metrics);
    auto const sites = set.of(type_of<site>());
    user.start(sites->run());
    user.create(site_named("a", 1));
    user.create(site_named("b", 1));
    *user.link->watches_fail = errc::gone;
    user.create(site_named("c", 1));
    *user.link->watches_fail = std::nullopt;
    user.advance(1s);
    auto const text = metrics.text();
    auto const has = [&](std::string const& line) { return text.find(line) != std::string::npos; };
    CHECK(has("converge_cache_objects{kind=\"Site\"} 3"));
    CHECK(has("converge_cache_revision{kind=\"Site\"} 3"));
    CHECK(has("converge_cache_lists_total{kind=\"Site\"} 2"));
    CHECK(has("converge_cache_failures_total{kind=\"Site\"} 1"));
    CHECK(has("converge_cache_synced{kind=\"Site\"} 1"));
    CHECK(has("converge_cache_heard_timestamp_seconds{kind=\"Site\"} "));
    CHECK_FALSE(has("converge_cache_heard_timestamp_seconds{kind=\"Site\"} 0"));
    user.stop();
}
