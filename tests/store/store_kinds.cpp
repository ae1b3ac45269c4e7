// SPDX-License-Identifier: BSL-1.0
#include <converge/store/memory_store.hpp>

#include "store_under_test.hpp"

using namespace converge;

namespace store_test {

namespace {

class memory_under_test final : public store_under_test {
public:
    explicit memory_under_test(memory_store_options const& options) : store_{options} {}

    any_store store() override { return any_store{store_}; }
    void compact(revision begin) override { store_.compact(begin); }

private:
    memory_store store_;
};

std::unique_ptr<store_under_test> open_memory(history_limits const& limits)
{
    memory_store_options options;
    options.history = limits;
    return std::make_unique<memory_under_test>(options);
}

} // namespace

// Of sqlite_kind.cpp.
std::unique_ptr<store_under_test> open_sqlite(history_limits const& limits);

std::vector<store_kind> store_kinds()
{
    return {{"memory", &open_memory}, {"sqlite", &open_sqlite}};
}

} // namespace store_test

TEST_CASE("a new store is empty and before its first revision")
{
    store_test::for_every_store([](store_test::store_under_test& opened) {
        store_test::session user{opened.store()};
        CHECK(user.newest() == revision{});
        CHECK(user.list("").entries.empty());
        CHECK_FALSE(user.get("a/x").has_value());
        auto const stream = user.watch("", revision{});
        CHECK_FALSE(user.ready(*stream).has_value());
    });
}
