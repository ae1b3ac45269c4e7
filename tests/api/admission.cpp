// SPDX-License-Identifier: BSL-1.0
#include <converge/api/admission.hpp>

#include "session.hpp"

using namespace converge;
using namespace api_test;

namespace {

struct job {
    static constexpr kind_name kind{"test.converge.dev/v1", "Job"};
    struct spec {
        std::string queue{};
        int tries = 0;
    };
    struct status {
        int failed = 0;
    };
    static void defaults(object<job>& of);
    static result<void> validate(object<job> const& of);
};
BOOST_DESCRIBE_STRUCT(job::spec, (), (queue, tries))
BOOST_DESCRIBE_STRUCT(job::status, (), (failed))

void job::defaults(object<job>& of)
{
    if (of.spec.queue.empty())
        of.spec.queue = "main";
}

result<void> job::validate(object<job> const& of)
{
    if (of.spec.tries >= 0)
        return {};
    failure refused{errc::invalid, std::to_string(of.spec.tries) + " is below zero"};
    return std::move(refused).at("spec.tries");
}

object<job> job_of(int tries)
{
    object<job> made{"j"};
    made.spec.tries = tries;
    return made;
}

object<job>& proposed_in(admission_review& asked)
{
    return *static_cast<object<job>*>(asked.proposed.get());
}

} // namespace

TEST_CASE("the kind's defaults are filled in by every write of what is desired")
{
    session user;
    CHECK(user.create(job_of(1))->spec.queue == "main");
    CHECK(user.update(job_of(2))->spec.queue == "main");
    CHECK(user.patch(key<job>{"j"}, R"({"spec": {"queue": null}})")->spec.queue == "main");
    user.remove(key<job>{"j"});
    CHECK(user.apply_as("a", job_of(1))->spec.queue == "main");
}

TEST_CASE("a default that is filled in again is no change")
{
    session user;
    auto const made = user.create(job_of(1));
    CHECK(user.update(job_of(1)) == made);
    auto const applied = user.apply_as("a", job_of(1));
    CHECK(user.apply_as("a", job_of(1)) == applied);
}

TEST_CASE("the kind's validation refuses every write of what is desired")
{
    session user;
    auto const check = [](failure const& refused) {
        CHECK(refused.is(errc::invalid));
        CHECK(refused.what() == "Job default/j: spec.tries: -1 is below zero");
    };
    check(refusal_of([&] { return user.create(job_of(-1)); }));
    check(refusal_of([&] { return user.apply(job_of(-1)); }));
    check(refusal_of([&] { return user.create(job_of(-1), write_options{}.dry_run()); }));
    user.create(job_of(1));
    check(refusal_of([&] { return user.update(job_of(-1)); }));
    check(refusal_of([&] { return user.apply(job_of(-1)); }));
    check(refusal_of([&] { return user.patch(key<job>{"j"}, R"({"spec": {"tries": -1}})"); }));
    CHECK(user.newest() == revision{1});
}

TEST_CASE("hooks run in the order of their registration, between defaults and validation")
{
    session user;
    std::vector<std::string> heard;
    user.server->hooks().add(type_of<job>(), [&](admission_review& asked) -> result<void> {
        heard.push_back("first " + proposed_in(asked).spec.queue);
        proposed_in(asked).spec.queue = "changed";
        return {};
    });
    user.server->hooks().add(type_of<job>(), [&](admission_review& asked) -> result<void> {
        heard.push_back("second " + proposed_in(asked).spec.queue);
        proposed_in(asked).spec.tries = -1;
        return {};
    });
    auto const refused = refusal_of([&] { return user.create(job_of(1)); });
    CHECK(refused.path == "spec.tries");
    CHECK(heard == std::vector<std::string>{"first main", "second changed"});
}

TEST_CASE("what a hook changes is stored, by a create and by an update")
{
    session user;
    user.server->hooks().add(type_of<job>(), [](admission_review& asked) -> result<void> {
        asked.proposed.metadata().labels["seen"] = std::string{to_string(asked.what)};
        for (auto& c : asked.proposed.metadata().labels["seen"])
            c = c == ' ' ? '-' : c;
        return {};
    });
    CHECK(user.create(job_of(1))->metadata.labels.at("seen") == "create");
    CHECK(user.update(job_of(2))->metadata.labels.at("seen") == "update");
    CHECK(user.patch(key<job>{"j"}, "{}")->metadata.labels.at("seen") == "patch");
}

TEST_CASE("a hook that refuses ends the write, and the later hooks are not asked")
{
    session user;
    bool asked_later = false;
    user.server->hooks().add(type_of<job>(), [](admission_review&) -> result<void> {
        return failure{errc::forbidden, "not on a Sunday"};
    });
    user.server->hooks().add(type_of<job>(), [&](admission_review&) -> result<void> {
        asked_later = true;
        return {};
    });
    auto const refused = refusal_of([&] { return user.create(job_of(1)); });
    CHECK(refused.is(errc::forbidden));
    CHECK(refused.what() == "Job default/j: not on a Sunday");
    CHECK_FALSE(asked_later);
    CHECK(user.newest() == revision{});
    CHECK(user.create(site_named("other"))->metadata.generation == 1);
}

TEST_CASE("a hook sees the object as it is and as it would be")
{
    session user;
    std::vector<std::string> heard;
    user.server->hooks().add(type_of<job>(), [&](admission_review& asked) -> result<void> {
        auto const tries = [](job::spec const& of) { return std::to_string(of.tries); };
        heard.push_back(asked.before ? tries(asked.before.as<job>()->spec) : "nothing");
        heard.push_back(tries(proposed_in(asked).spec));
        return {};
    });
    user.create(job_of(1));
    user.update(job_of(2));
    CHECK(heard == std::vector<std::string>{"nothing", "1", "1", "2"});
}

TEST_CASE("no hook changes by a status update what only an update may change")
{
    session user;
    auto made = *user.create(job_of(1));
    user.server->hooks().add(type_of<job>(), [](admission_review& asked) -> result<void> {
        proposed_in(asked).spec.tries = 9;
        proposed_in(asked).status.failed = 4;
        asked.proposed.metadata().labels["by"] = "hook";
        asked.proposed.metadata().uid = uid{"hook"};
        return {};
    });
    made.status.failed = 1;
    auto const reported = user.update_status(made);
    CHECK(reported->status.failed == 4);
    CHECK(reported->spec.tries == 1);
    CHECK(reported->metadata.labels.empty());
    CHECK(reported->metadata.generation == 1);
    auto const updated = user.update(*reported);
    CHECK(updated->spec.tries == 9);
    CHECK(updated->metadata.labels.at("by") == "hook");
    CHECK(updated->metadata.uid == made.metadata.uid);
}

TEST_CASE("no hook adds a finalizer to an object that is being deleted")
{
    session user;
    auto wanted = job_of(1);
    wanted.metadata.finalizers = {"test/hold"};
    user.create(wanted);
    user.remove(wanted.key());
    user.server->hooks().add(type_of<job>(), [](admission_review& asked) -> result<void> {
        asked.proposed.metadata().finalizers.push_back("test/hook");
        return {};
    });
    auto const refused = refusal_of([&] { return user.update(job_of(2)); });
    CHECK(refused.is(errc::forbidden));
    CHECK(mentions(refused, "test/hook"));
}
