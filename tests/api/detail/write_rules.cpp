// SPDX-License-Identifier: BSL-1.0
#include <converge/api/detail/write_rules.hpp>

#include "../session.hpp"

#include <set>

using namespace converge;
using namespace converge::detail;
using namespace api_test;
using namespace std::chrono_literals;

namespace {

draft_object draft_of(object<site> from)
{
    return {type_of<site>(), std::make_shared<object<site>>(std::move(from))};
}

object<site>& site_in(draft_object& draft)
{
    return *static_cast<object<site>*>(draft.get());
}

any_object stored_site(int replicas, revision at)
{
    auto made = site_named("blog", replicas);
    made.metadata.uid = uid{"u-1"};
    made.metadata.generation = 3;
    made.metadata.resource_version = at;
    return any_object{std::move(made)};
}

} // namespace

TEST_CASE("a uid has the form of a random uuid, whatever was drawn")
{
    write_facts facts;
    CHECK(make_uid(facts).str() == "00000000-0000-4000-8000-000000000000");
    facts.high = ~std::uint64_t{0};
    facts.low = ~std::uint64_t{0};
    CHECK(make_uid(facts).str() == "ffffffff-ffff-4fff-bfff-ffffffffffff");
    facts.high = 0x0123456789abcdef;
    facts.low = 0xfedcba9876543210;
    CHECK(make_uid(facts).str() == "01234567-89ab-4def-bedc-ba9876543210");
}

TEST_CASE("a name suffix is five characters that may stand in a name")
{
    std::set<std::string> seen;
    for (std::uint64_t bits = 0; bits < 10'000; bits += 7) {
        auto const suffix = name_suffix(bits * 1'000'003);
        CHECK(suffix.size() == 5);
        CHECK(suffix.find_first_of("aeiou013") == std::string::npos);
        CHECK(check_dns_label(suffix).has_value());
        seen.insert(suffix);
    }
    CHECK(seen.size() > 1'400);
}

TEST_CASE("times before 1970 are cut to whole seconds too, downwards")
{
    CHECK(whole_seconds(timestamp{1500ms}) == timestamp{1s});
    CHECK(whole_seconds(timestamp{-1ms}) == timestamp{-1s});
}

TEST_CASE("the finalizers of the api are no qualified names, and are allowed")
{
    object_meta meta;
    meta.name = "blog";
    meta.namespace_ = "default";
    for (auto const* finalizer : {foreground_finalizer, orphan_finalizer}) {
        meta.finalizers = {finalizer, "test/hold"};
        CHECK(check_metadata(type_of<site>(), meta).has_value());
    }
}

TEST_CASE("no precondition is met by everything, each one by its own value only")
{
    auto const before = stored_site(1, revision{7});
    CHECK(check_preconditions(before, {}, {}).has_value());
    CHECK(check_preconditions(before, uid{"u-1"}, revision{7}).has_value());
    CHECK(check_preconditions(before, uid{"u-2"}, {}).has_error());
    CHECK(check_preconditions(before, {}, revision{8}).has_error());
    CHECK(check_preconditions(before, {}, revision{6}).has_error());
}

TEST_CASE("the generation counts changes of what is desired, and of nothing else")
{
    auto const before = stored_site(1, revision{7});
    auto same = draft_object{before};
    CHECK(settle_generation(before, same));
    CHECK(same.metadata().generation == 3);
    auto labelled = draft_object{before};
    labelled.metadata().labels["tier"] = "web";
    CHECK_FALSE(settle_generation(before, labelled));
    CHECK(labelled.metadata().generation == 3);
    auto reported = draft_object{before};
    site_in(reported).status.ready = 1;
    CHECK_FALSE(settle_generation(before, reported));
    CHECK(reported.metadata().generation == 3);
    auto changed = draft_object{before};
    site_in(changed).spec.replicas = 2;
    CHECK_FALSE(settle_generation(before, changed));
    CHECK(changed.metadata().generation == 4);
}

TEST_CASE("a mark says whether the object must stay, and is set once")
{
    auto const now = timestamp{1500ms};
    auto free = draft_of(site_named("a"));
    CHECK_FALSE(mark_deleted(free, propagation::background, now));
    auto foreground = draft_of(site_named("a"));
    CHECK(mark_deleted(foreground, propagation::foreground, now));
    CHECK(has_finalizer(foreground.metadata(), foreground_finalizer));
    CHECK(foreground.metadata().deletion_timestamp == timestamp{1s});
    CHECK(foreground.metadata().generation == 1);
    CHECK(mark_deleted(foreground, propagation::foreground, now + 1h));
    CHECK(foreground.metadata().deletion_timestamp == timestamp{1s});
    CHECK(foreground.metadata().generation == 1);
    CHECK(foreground.metadata().finalizers.size() == 1);
    auto orphan = draft_of(site_named("a"));
    CHECK(mark_deleted(orphan, propagation::orphan, now));
    CHECK(has_finalizer(orphan.metadata(), orphan_finalizer));
}

TEST_CASE("of foreground and orphan the last stands, and background takes neither back")
{
    auto draft = draft_of(site_named("a"));
    auto const finalizers_after = [&](propagation how) {
        CHECK(mark_deleted(draft, how, timestamp{}));
        return draft.metadata().finalizers;
    };
    using names = std::vector<std::string>;
    CHECK(finalizers_after(propagation::foreground) == names{foreground_finalizer});
    CHECK(finalizers_after(propagation::orphan) == names{orphan_finalizer});
    CHECK(finalizers_after(propagation::background) == names{orphan_finalizer});
    CHECK(finalizers_after(propagation::foreground) == names{foreground_finalizer});
    CHECK(finalizers_after(propagation::background) == names{foreground_finalizer});
}

TEST_CASE("only apply sets who owns fields")
{
    auto const before = stored_site(1, revision{7});
    for (auto const what : {verb::update, verb::patch, verb::apply}) {
        auto draft = draft_object{before};
        draft.metadata().managed_fields.push_back({"a", "Apply", "{}"});
        draft.metadata().uid = uid{"other"};
        CHECK(confine(what, before, draft).has_value());
        CHECK(draft.metadata().managed_fields.size() == (what == verb::apply ? 1 : 0));
        CHECK(draft.metadata().uid == uid{"u-1"});
    }
}
