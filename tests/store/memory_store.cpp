// SPDX-License-Identifier: BSL-1.0
#include <converge/store/memory_store.hpp>

#include "store_under_test.hpp"

#include <atomic>
#include <memory>
#include <thread>

using namespace converge;
using namespace store_test;

namespace {

memory_store_options limits(std::size_t events, std::size_t bytes = std::size_t{1} << 30)
{
    memory_store_options options;
    options.history.events = events;
    options.history.bytes = bytes;
    return options;
}

void fill(memory_store& store, int count, int keys)
{
    for (int i = 0; i < count; ++i)
        store.commit(put("a/" + std::to_string(i % keys), i));
}

} // namespace

TEST_CASE("what was put is what is read: one object, shared, never copied")
{
    memory_store store;
    auto draft = make_gadget(1);
    void const* const address = draft.get();
    transaction write;
    write.put("a/x", std::move(draft));
    auto const outcome = store.commit(std::move(write));
    CHECK(outcome.entries[0]->value.get() == address);
    CHECK(store.get("a/x")->value.get() == address);
    CHECK(store.list(list_query{"a/"}).entries[0].value.get() == address);
}

TEST_CASE("get at a revision answers as list does, and fails outside the window")
{
    memory_store store;
    fill(store, 5, 1);
    store.commit(erase("a/0"));
    for (int i = 0; i < 5; ++i)
        CHECK(size_of(store.get("a/0", revision{static_cast<unsigned>(i) + 1})->value) == i);
    CHECK_FALSE(store.get("a/0", revision{6}).has_value());
    CHECK_FALSE(store.get("a/0", revision{}).has_value());
    CHECK_FALSE(store.get("a/1", revision{3}).has_value());
    CHECK(fails_with(errc::future_revision, [&] { (void)store.get("a/0", revision{7}); }));
    store.compact(revision{3});
    CHECK(store.get("a/0", revision{3})->version == 3);
    CHECK(fails_with(errc::gone, [&] { (void)store.get("a/0", revision{2}); }));
}

TEST_CASE("a key with a long history is released without deep recursion")
{
    memory_store store{limits(2'000'000)};
    fill(store, 200'000, 1);
    CHECK(store.stats().history_events == 200'000);
}

TEST_CASE("a next that ends in any way no longer waits in the store")
{
    memory_store store;
    auto stream = store.watch(watch_query{"a/", revision{}});
    {
        session user{any_store{store}};
        auto const cancelled = user.start(*stream);
        CHECK(store.stats().waiting_watches == 1);
        user.cancel(*cancelled);
        CHECK(store.stats().waiting_watches == 0);
        auto const abandoned = user.start(*stream);
        CHECK(store.stats().waiting_watches == 1);
    }
    CHECK(store.stats().waiting_watches == 0);
    session user{any_store{store}};
    auto const closed = user.start(*stream);
    stream.reset();
    CHECK(store.stats().waiting_watches == 0);
    CHECK(store.stats().watches == 0);
    user.poll();
    CHECK(closed->done);
}

TEST_CASE("a list of many keys holds its snapshot against a short history, or is gone")
{
    memory_store store{limits(64)};
    fill(store, 4000, 4000);
    std::atomic<bool> stop = false;
    std::thread writer{[&store, &stop] {
        for (int i = 1; !stop; ++i) {
            transaction both = put("a/0", i);
            both.put("a/999", make_gadget(i));
            store.commit(std::move(both));
        }
    }};
    int complete = 0;
    for (int i = 0; i < 300; ++i) {
        try {
            auto const page = store.list(list_query{"a/"});
            REQUIRE(page.entries.size() == 4000);
            auto const& first = page.entries.front();
            auto const& last = page.entries.back();
            CHECK((first.version == 1 || first.modified == last.modified));
            CHECK(first.modified <= page.at);
            ++complete;
        } catch (error const& failed) {
            CHECK(failed.is(errc::gone));
        }
    }
    stop = true;
    writer.join();
    MESSAGE(complete, " of 300 lists were complete");
    store.commit(put("a/0", 0));
    store.commit(put("a/0", 0));
    CHECK(store.stats().history_events <= 2 * 64);
    CHECK(store.list(list_query{"a/"}).entries.size() == 4000);
}

TEST_CASE("the bytes of the history count what the metadata of its objects holds")
{
    std::string const text(10'000, 'x');
    auto const bytes_of = [](auto edit) {
        memory_store store;
        auto draft = make_gadget(1);
        edit(draft.metadata());
        transaction write;
        write.put("a/x", std::move(draft));
        store.commit(std::move(write));
        return store.stats().history_bytes;
    };
    auto const plain = bytes_of([](object_meta&) {});
    CHECK(plain < text.size());
    CHECK(bytes_of([&](object_meta& of) { of.labels["a"] = text; }) > plain + text.size());
    CHECK(bytes_of([&](object_meta& of) { of.annotations[text] = "a"; }) > plain + text.size());
    CHECK(bytes_of([&](object_meta& of) { of.managed_fields.push_back({"a", "b", text}); }) >
          plain + text.size());
    CHECK(bytes_of([](object_meta& of) { of.owner_references.resize(100); }) >=
          plain + 100 * sizeof(owner_reference));
}

TEST_CASE("a store tells which life of it this is")
{
    memory_store_options options;
    options.incarnation = 42;
    CHECK(memory_store{options}.incarnation() == 42);
}

TEST_CASE("any_store may share ownership of a store")
{
    auto owned = std::make_shared<memory_store>();
    any_store const shared{owned};
    owned.reset();
    session user{shared};
    CHECK(user.put("a/x", 1) == revision{1});
}

TEST_CASE("a copy of an any_store shares the store, whatever becomes of the original")
{
    auto const owned = std::make_shared<memory_store>();
    auto original = std::make_unique<any_store>(owned);
    any_store const copy{*original};
    original.reset();
    CHECK(owned.use_count() == 2);
}
