// SPDX-License-Identifier: BSL-1.0
#include <converge/api/garbage_collector.hpp>

#include "session.hpp"
#include "unreadable_store.hpp"

#include <converge/observe/memory_sink.hpp>

using namespace converge;
using namespace api_test;

TEST_CASE("an object that cannot be read stops no collector, and what it may own stays")
{
    session user;
    unreadable_store store;
    api server{any_store{store}};
    client const people{store};
    auto const owner = user.run(people.create(site_named("top")));
    auto const other = user.run(people.create(site_named("other")));
    auto middle = site_named("middle");
    middle.metadata.owner_references = {controller_reference(*owner)};
    auto const unreadable = user.run(people.create(middle));
    user.run(people.create(child_of("leaf", unreadable)));
    user.run(people.create(child_of("of-other", other)));
    auto const key = store_key(type_of<site>(), unreadable->key());
    store.spoilt.insert(key);
    auto const log = std::make_shared<memory_sink>();
    auto const collecting = user.start(collect_garbage(server, any_store{store}, logger{log}));
    user.run(people.remove(other->key()));
    user.settle();
    CHECK_FALSE(collecting->done);
    CHECK(user.run(people.find(note_key("leaf"))) != nullptr);
    CHECK(user.run(people.find(note_key("of-other"))) != nullptr);
    auto const records = log->records();
    REQUIRE(records.size() == 1);
    CHECK(to_string(records[0].object) == "Site default/middle");
    CHECK(records[0].fields[0] == log_field{"key", key});
    CHECK(records[0].fields[1].value().find("apiVersion") != std::string::npos);

    SUBCASE("until it is written anew")
    {
        middle.spec.replicas = 2;
        user.run(people.update(middle));
        user.settle();
        CHECK(user.run(people.find(note_key("leaf"))) != nullptr);
    }
    SUBCASE("until it goes")
    {
        user.run(people.remove(middle.key()));
        user.settle();
        CHECK(user.run(people.find(note_key("leaf"))) == nullptr);
    }
    CHECK(user.run(people.find(note_key("of-other"))) == nullptr);
    CHECK(log->records().size() == 1);
    user.stop();
}
