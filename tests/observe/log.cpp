// SPDX-License-Identifier: BSL-1.0
#include <converge/observe/log.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <sstream>
#include <string>
#include <type_traits>

using namespace std::chrono_literals;
using converge::level_filter;
using converge::log_field;
using converge::log_level;
using converge::log_record;
using converge::logger;
using converge::memory_sink;
using converge::object_ref;
using converge::text_sink;

static_assert(!std::is_aggregate_v<log_record> && !std::is_aggregate_v<log_field>);

TEST_CASE("a logger without a sink wants and says nothing")
{
    logger const log;
    CHECK_FALSE(log.wants(log_level::error));
    log.error("unheard");
    log.in("part").about({"Web", "default", "blog"}).with("key", 1).error("unheard");
    CHECK_FALSE(log.in("part").wants(log_level::error));
}

TEST_CASE("a record carries component, object, preset fields and its own, in that order")
{
    auto const sink = std::make_shared<memory_sink>();
    auto const base = logger{sink}.in("controller").in("webs");
    auto const log = base.about({"Web", "default", "blog"}).with("worker", 2);
    log.warn("reconcile failed", {{"attempt", 3u}, {"code", "conflict"}});
    base.info("idle");

    auto const records = sink->records();
    REQUIRE(records.size() == 2);
    CHECK(records[0].level == log_level::warn);
    CHECK(records[0].component == "controller/webs");
    CHECK(records[0].object == object_ref{"Web", "default", "blog"});
    CHECK(records[0].fields ==
          std::vector<log_field>{{"worker", 2}, {"attempt", 3}, {"code", "conflict"}});
    CHECK(records[1].fields.empty());
    CHECK(records[1].object == object_ref{});
}

TEST_CASE("a field prints each type so that it can be read back")
{
    CHECK(log_field{"k", true}.value() == "true");
    CHECK(log_field{"k", -7}.value() == "-7");
    CHECK(log_field{"k", std::uint64_t{18446744073709551615u}}.value() == "18446744073709551615");
    CHECK(log_field{"k", 0.1}.value() == "0.1");
    CHECK(log_field{"k", 5ms}.value() == "0.005s");
    CHECK(log_field{"k", "literal"}.value() == "literal");
}

TEST_CASE("the text sink writes one numbered line per record")
{
    std::ostringstream out;
    auto const log = logger{std::make_shared<text_sink>(out)}.in("store");
    log.info("opened", {{"keys", 12}});
    log.about({"Web", "default", "blog"}).error("lost its node");
    CHECK(out.str() == "seq=1 level=info component=store msg=opened keys=12\n"
                       "seq=2 level=error component=store object=\"Web default/blog\" "
                       "msg=\"lost its node\"\n");
}

TEST_CASE("a time that the caller gives comes first")
{
    std::ostringstream out;
    log_record record{log_level::info, "tick"};
    record.time = converge::timestamp{std::chrono::seconds{1'700'000'000}};
    logger{std::make_shared<text_sink>(out)}.write(record);
    CHECK(out.str().starts_with("time=2023-11-14T22:13:20"));
    CHECK(out.str().ends_with("Z seq=1 level=info msg=tick\n"));
}

TEST_CASE("no value can break a line or pass for another field")
{
    std::ostringstream out;
    text_sink sink{out};
    sink.write({log_level::info, "two\nlines", {{"bad key=", "a=b"}, {"quote", "say \"\\\""}}});
    sink.write({log_level::info, std::string{"\x01\t\r"}, {{"", ""}}});
    CHECK(out.str() == "seq=1 level=info msg=\"two\\nlines\" bad_key_=\"a=b\" "
                       "quote=\"say \\\"\\\\\\\"\"\n"
                       "seq=2 level=info msg=\"\\u0001\\t\\r\" _=\"\"\n");
}

TEST_CASE("a filter drops what is below its level, and can be changed")
{
    auto const kept = std::make_shared<memory_sink>();
    auto const filter = std::make_shared<level_filter>(log_level::warn, kept);
    logger const log{filter};
    CHECK_FALSE(log.wants(log_level::info));
    log.info("quiet");
    filter->write({log_level::debug, "quiet"});
    log.warn("loud");
    CHECK(kept->count("quiet") == 0);
    CHECK(kept->count("loud") == 1);
    filter->set_level(log_level::debug);
    log.debug("quiet");
    CHECK(kept->count("quiet") == 1);
}

TEST_CASE("the memory sink keeps the newest records up to its capacity")
{
    memory_sink sink{2};
    for (auto const* message : {"a", "b", "c"})
        sink.write({log_level::info, message});
    auto const records = sink.records();
    REQUIRE(records.size() == 2);
    CHECK(records[0].message == "b");
    CHECK(records[1].message == "c");
    sink.clear();
    CHECK(sink.records().empty());
}
