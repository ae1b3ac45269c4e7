// SPDX-License-Identifier: BSL-1.0
#include <converge/api/api.hpp>

#include "session.hpp"
#include "store_around.hpp"

#include <converge/async/nursery.hpp>
#include <converge/async/sleep.hpp>
#include <converge/core/limits.hpp>
#include <converge/store/store_key.hpp>

using namespace converge;
using namespace api_test;

namespace {

/// Lets others run before each commit.
class polite_store : public store_around {
public:
    task<commit_outcome> commit(transaction wanted)
    {
        co_await yield();
        auto done = good.commit(std::move(wanted));
        refused += done.succeeded ? 0 : 1;
        co_return done;
    }

    int refused = 0;
};

/// Has another writer that is always faster.
class hurried_store : public store_around {
public:
    commit_outcome commit(transaction wanted)
    {
        ++commits;
        if (auto const found = good.get(rival_for)) {
            draft_object next{found->value};
            next.metadata().labels["round"] = std::to_string(commits);
            transaction first;
            first.put(rival_for, std::move(next));
            good.commit(std::move(first));
        }
        return good.commit(std::move(wanted));
    }

    std::string rival_for;
    unsigned commits = 0;
};

/// Writes other replicas each time, whatever is there.
task<> overwrite(client through, int writer, int times)
{
    for (int i = 0; i < times; ++i)
        co_await through.update(site_named("blog", 100 * writer + i));
}

task<> overwrite_by(client through, int writers, int times)
{
    auto const where = co_await this_coro::executor;
    nursery all{where};
    for (int writer = 1; writer <= writers; ++writer)
        all.spawn(overwrite(through, writer, times));
    co_await all.join();
}

} // namespace

TEST_CASE("an update that changes nothing makes no revision")
{
    session user;
    auto const made = user.create(site_named("blog", 3));
    CHECK(user.update(*made) == made);
    CHECK(user.update(site_named("blog", 3)) == made);
    CHECK(user.newest() == revision{1});
}

TEST_CASE("an update without its field owners changes nothing about an applied object")
{
    session user;
    auto const applied = user.apply_as("someone", site_named("blog", 3));
    CHECK(user.update(site_named("blog", 3)) == applied);
    CHECK(user.newest() == revision{1});
    auto const changed = user.update(site_named("blog", 4));
    CHECK(changed->metadata.managed_fields == applied->metadata.managed_fields);
}

TEST_CASE("an update keeps the status")
{
    session user;
    auto made = *user.create(site_named("blog"));
    made.status.ready = 2;
    auto reported = *user.update_status(made);
    reported.status.ready = 9;
    reported.spec.replicas = 5;
    auto const updated = user.update(reported);
    CHECK(updated->spec.replicas == 5);
    CHECK(updated->status.ready == 2);
}

TEST_CASE("an update replaces what the user sets of the metadata, and nothing else of it")
{
    session user;
    auto wanted = site_named("blog");
    wanted.metadata.labels = {{"tier", "web"}};
    wanted.metadata.annotations = {{"why", "a test"}};
    wanted.metadata.finalizers = {"test/hold"};
    auto const made = user.create(wanted);
    auto next = *made;
    next.metadata.labels = {{"tier", "db"}};
    next.metadata.annotations.clear();
    next.metadata.finalizers.clear();
    next.metadata.generate_name = "other-";
    next.metadata.generation = 77;
    next.metadata.creation_timestamp.reset();
    next.metadata.deletion_timestamp = timestamp{};
    auto const updated = user.update(next);
    auto expected = made->metadata;
    expected.labels = {{"tier", "db"}};
    expected.annotations.clear();
    expected.finalizers.clear();
    expected.resource_version = revision{2};
    CHECK(updated->metadata == expected);
}

TEST_CASE("a change of the spec raises the generation, a change of labels does not")
{
    session user;
    auto next = *user.create(site_named("blog"));
    next.metadata.labels["tier"] = "web";
    next = *user.update(next);
    CHECK(next.metadata.generation == 1);
    next.spec.replicas = 2;
    next = *user.update(next);
    CHECK(next.metadata.generation == 2);
}

TEST_CASE("a change of the content raises the generation")
{
    session user;
    auto next = *user.create(object<note>{"todo"});
    next.content.data["milk"] = "2";
    CHECK(user.update(next)->metadata.generation == 2);
}

TEST_CASE("an update from a stale revision is a conflict that names both revisions")
{
    session user;
    auto const first = user.create(site_named("blog"));
    auto second = *first;
    second.spec.replicas = 2;
    user.update(second);
    auto const refused = refusal_of([&] { return user.update(second); });
    CHECK(refused.is(errc::conflict));
    CHECK(refused.path == "metadata.resourceVersion");
    CHECK(mentions(refused, "revision 1 was expected, but it is 2"));
    CHECK(mentions(refused, "Site default/blog"));
    CHECK(user.newest() == revision{2});
}

TEST_CASE("an update without a revision wins over what is there")
{
    session user;
    user.create(site_named("blog"));
    user.update(site_named("blog", 2));
    auto const last = user.update(site_named("blog", 3));
    CHECK(last->spec.replicas == 3);
    CHECK(last->metadata.generation == 3);
}

TEST_CASE("updates without a revision are all carried out, though others write between")
{
    session user;
    polite_store store;
    client const others{store};
    user.run(others.create(site_named("blog")));
    user.run(overwrite_by(others, 3, 5));
    CHECK(store.good.newest() == revision{16});
    CHECK(store.refused > 10);
}

TEST_CASE("a write that others overtake time and again is refused in the end")
{
    session user;
    hurried_store store;
    client const slow{store};
    auto const made = user.run(slow.create(site_named("blog")));
    store.rival_for = store_key(type_of<site>(), made->key());
    auto const refused_at_last = [&](auto write) {
        store.commits = 0;
        auto const refused = refusal_of([&] { return user.run(write()); });
        CHECK(refused.is(errc::conflict));
        CHECK(mentions(refused, "Site default/blog: other writers were faster 16 times"));
        CHECK(store.commits == limits::write_attempts);
    };
    refused_at_last([&] { return slow.update(site_named("blog", 2)); });
    refused_at_last([&] { return slow.apply(site_named("blog", 2)); });
    refused_at_last([&] {
        return slow.patch(site_key("blog"), boost::json::parse(R"({"spec":{"replicas":2}})"));
    });
    refused_at_last([&] { return slow.remove(site_key("blog")); });
    CHECK(user.run(slow.get(site_key("blog")))->spec.replicas == 1);
}

TEST_CASE("a write with a revision is not tried again")
{
    session user;
    hurried_store store;
    client const slow{store};
    auto next = *user.run(slow.create(site_named("blog")));
    store.rival_for = store_key(type_of<site>(), next.key());
    store.commits = 0;
    next.spec.replicas = 2;
    auto const refused = refusal_of([&] { return user.run(slow.update(next)); });
    CHECK(refused.is(errc::conflict));
    CHECK(refused.path == "metadata.resourceVersion");
    CHECK(store.commits == 1);
}

TEST_CASE("an update of an earlier object of that name is a conflict that names both uids")
{
    session user;
    auto before = *user.create(site_named("blog"));
    user.remove(before.key());
    auto const now = user.create(site_named("blog"));
    before.metadata.resource_version = {};
    auto const refused = refusal_of([&] { return user.update(before); });
    CHECK(refused.is(errc::conflict));
    CHECK(refused.path == "metadata.uid");
    CHECK(mentions(refused, before.metadata.uid.str()));
    CHECK(mentions(refused, now->metadata.uid.str()));
}

TEST_CASE("an update of what is not there says so")
{
    session user;
    auto const refused = refusal_of([&] { return user.update(site_named("blog")); });
    CHECK(refused.is(errc::not_found));
    CHECK(mentions(refused, "Site default/blog: there is no such object"));
}

TEST_CASE("a dry run of an update answers as if it were done, and writes nothing")
{
    session user;
    auto const made = user.create(site_named("blog"));
    auto const shown = user.update(site_named("blog", 4), write_options{}.dry_run());
    CHECK(shown->spec.replicas == 4);
    CHECK(shown->metadata.generation == 2);
    CHECK(user.find(site_key("blog")) == made);
    CHECK(user.newest() == revision{1});
}
