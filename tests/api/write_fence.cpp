// SPDX-License-Identifier: BSL-1.0
#include <converge/api/write_fence.hpp>

#include "session.hpp"

#include <converge/client/leadership.hpp>
#include <converge/model/event.hpp>
#include <converge/model/lease.hpp>

using namespace converge;
using namespace api_test;
using namespace std::chrono_literals;

namespace {

key<lease> lease_key() { return key<lease>{"leader"}; }

/// A leader, and a client that writes in its name.
struct fenced_session : session {
    fenced_session()
    {
        auto const held = create(object<lease>{lease_key()});
        term =
            std::make_shared<leadership>(write_fence{lease_key(), held->metadata.resource_version});
        leader = client.fenced_by(term);
    }

    /// Another becomes the leader.
    void succeed()
    {
        remove(lease_key());
        create(object<lease>{lease_key()});
    }

    std::shared_ptr<leadership> term;
    converge::client leader{client};
};

/// What `body` is refused with.
template <class T>
failure refusal(session& user, task<T> body)
{
    try {
        user.run(std::move(body));
    } catch (error const& refused) {
        return refused.reason();
    }
    return {};
}

/// That of a write which was sent while the leader believed to lead.
write_options late(fenced_session const& user)
{
    return write_options{}.fenced_by(user.term->fence());
}

} // namespace

TEST_CASE("a write with a fence passes while the lease is as it was, whatever else is written")
{
    fenced_session user;
    auto const made = user.run(user.leader.create(site_named("a")));
    auto changed = *made;
    changed.spec.replicas = 2;
    auto const next = user.run(user.leader.update(changed));
    changed = *next;
    changed.status.ready = 1;
    user.run(user.leader.update_status(changed));
    auto desired = site_named("b");
    user.run(user.leader.apply(desired));
    desired.spec.image = "site:2";
    user.run(user.leader.apply(desired));
    user.patch(site_key("b"), R"({"spec":{"replicas":5}})", late(user));
    user.run(user.leader.remove(site_key("a")));
    CHECK(user.find(site_key("a")) == nullptr);
    CHECK(user.find(site_key("b"))->spec.replicas == 5);
    CHECK(user.term->lasts());
}

TEST_CASE("no verb writes with the fence of a lease that another holds")
{
    fenced_session user;
    auto stored = *user.create(site_named("a"));
    auto fence = late(user);
    user.succeed();
    auto const before = user.newest();
    stored.metadata.resource_version = {};
    stored.spec.replicas = 7;
    CHECK(refusal(user, user.client.create(site_named("b"), fence)).is(errc::fenced));
    CHECK(refusal(user, user.client.create(site_named("a"), fence)).is(errc::fenced));
    CHECK(refusal(user, user.client.update(stored, fence)).is(errc::fenced));
    CHECK(refusal(user, user.client.apply(site_named("c"), fence)).is(errc::fenced));
    CHECK(refusal(user, user.client.apply(stored, write_options{fence}.forced())).is(errc::fenced));
    CHECK(refusal(user, user.client.remove(site_key("a"), fence)).is(errc::fenced));
    stored.status.ready = 3;
    CHECK(refusal(user, user.client.update_status(stored, fence)).is(errc::fenced));
    auto const document = boost::json::parse(R"({"spec":{"replicas":9}})");
    CHECK(refusal(user, user.client.patch(site_key("a"), document, fence)).is(errc::fenced));
    auto const expiring = write_options{fence}.expiring_after(1s);
    CHECK(refusal(user, user.client.create(site_named("d"), expiring)).is(errc::fenced));
    CHECK(user.newest() == before);
}

TEST_CASE("a lease that is gone, or was written by somebody, fences as one that another holds")
{
    for (bool const gone : {true, false}) {
        CAPTURE(gone);
        fenced_session user;
        auto const fence = late(user);
        if (gone)
            user.remove(lease_key());
        else
            user.patch(lease_key(), R"({"spec":{"holderIdentity":"operator"}})");
        auto const why = refusal(user, user.client.create(site_named("a"), fence));
        CHECK(why.is(errc::fenced));
        CHECK(why.message.find("\"leader\" as of 1") != std::string::npos);
        CHECK(why.message.find(gone ? "gone" : "now as of 2") != std::string::npos);
        CHECK(why.object.name == "a");
    }
}

TEST_CASE("a write that changes nothing, and a dry run, do not ask for the fence")
{
    fenced_session user;
    auto const stored = user.create(site_named("a"));
    auto const fence = late(user);
    user.succeed();
    CHECK_FALSE(refusal(user, user.client.update(*stored, fence)).code);
    CHECK_FALSE(
        refusal(user, user.client.create(site_named("b"), write_options{fence}.dry_run())).code);
}

TEST_CASE("a fence does not hide a conflict, nor an object that is there or not")
{
    fenced_session user;
    auto stale = *user.create(site_named("a"));
    user.patch(site_key("a"), R"({"spec":{"replicas":3}})");
    CHECK(refusal(user, user.leader.update(stale)).is(errc::conflict));
    CHECK(refusal(user, user.leader.create(site_named("a"))).is(errc::already_exists));
    CHECK(refusal(user, user.leader.remove(site_key("none"))).is(errc::not_found));
    CHECK(user.term->lasts());
}

TEST_CASE("a write that is refused as fenced ends the term, and the next is not even sent")
{
    fenced_session user;
    int told = 0;
    user.term->on_end([&told] { ++told; });
    user.succeed();
    CHECK(refusal(user, user.leader.create(site_named("a"))).is(errc::fenced));
    CHECK(told == 1);
    CHECK_FALSE(user.term->lasts());
    CHECK(user.term->why().message.find("gone") == std::string::npos);
    auto const why = refusal(user, user.leader.create(site_named("a")));
    CHECK(why.is(errc::fenced));
    CHECK(why.message.find("has ended") != std::string::npos);
    CHECK(told == 1);
}

TEST_CASE("a client of a term that has not begun reads, and writes nothing")
{
    session user;
    user.create(site_named("a"));
    auto const term = std::make_shared<leadership>();
    auto const early = user.client.fenced_by(term);
    CHECK(user.run(early.find(site_key("a"))) != nullptr);
    CHECK(user.run(early.list<site>()).size() == 1);
    auto const before = user.newest();
    auto const why = refusal(user, early.create(site_named("b")));
    CHECK(why.is(errc::fenced));
    CHECK(why.message.find("not begun") != std::string::npos);
    CHECK(user.newest() == before);
    CHECK_FALSE(term->token());
}

TEST_CASE("what happened may be recorded by a leader whose term has ended")
{
    fenced_session user;
    auto const about = user.create(site_named("a"));
    user.term->end(failure{errc::fenced, "over"});
    user.run(user.leader.record(*about, "Normal", "Stopped", "led no more"));
    CHECK(user.list<event>().size() == 1);
}

TEST_CASE("a renewal names the revision that it renews, or renews another's span")
{
    session user;
    user.housekeep();
    auto const made = user.create(site_named("a"), write_options{}.expiring_after(10s));
    auto const at = made->metadata.resource_version;
    user.advance(8s);
    auto const other = write_options{}.only_revision(revision{at.value() + 1});
    CHECK(refusal(user, user.client.renew(site_key("a"), other)).is(errc::conflict));
    user.advance(3s);
    CHECK(user.find(site_key("a")) == nullptr);
    auto const again = user.create(site_named("a"), write_options{}.expiring_after(10s));
    user.advance(8s);
    auto const own = write_options{}.only_revision(again->metadata.resource_version);
    user.run(user.client.renew(site_key("a"), own));
    user.advance(8s);
    CHECK(user.find(site_key("a")) != nullptr);
}
