// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the tests of this folder share: one suite over every store, driven step by step.

#include <converge/core/failure.hpp>
#include <converge/store/any_store.hpp>
#include <converge/store/history_limits.hpp>

#include "gadget.hpp"
#include "session.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace store_test {

/// One store that the suite runs over. Derive from it and add it to `store_kinds` to join.
class store_under_test {
public:
    store_under_test() = default;
    store_under_test(store_under_test const&) = delete;
    store_under_test& operator=(store_under_test const&) = delete;
    virtual ~store_under_test() = default;

    virtual converge::any_store store() = 0;
    virtual void compact(converge::revision begin) = 0;
    /// Where the history window begins.
    converge::revision compacted() { return store().stats().compacted; }

    /// Whether the store outlives its object; those that do not have nothing to reopen.
    [[nodiscard]] virtual bool durable() const { return false; }
    /// Closes the store and opens it again, with what it kept. What `store` returned is void.
    virtual void reopen() {}
    /// Keeps a copy of the store as it is now.
    virtual void back_up() {}
    /// Puts the copy in the place of the store.
    virtual void restore() {}
};

struct store_kind {
    char const* name;
    /// Opens an empty store.
    std::unique_ptr<store_under_test> (*open)(converge::history_limits const& limits);
};

std::vector<store_kind> store_kinds();

/// Calls `body(store)` with a new store of every kind.
template <class Body>
void for_every_store(Body body, converge::history_limits const& limits)
{
    for (auto const& kind : store_kinds()) {
        INFO("store: ", std::string{kind.name});
        auto const opened = kind.open(limits);
        body(*opened);
    }
}

/// The same; the history holds about `history_events` events.
template <class Body>
void for_every_store(Body body, std::size_t history_events = 65'536)
{
    converge::history_limits limits;
    limits.events = history_events;
    for_every_store(std::move(body), limits);
}

/// How many rounds a race is run: `usual`, or what CONVERGE_RACE_ROUNDS says.
[[nodiscard]] inline std::uint64_t race_rounds(std::uint64_t usual)
{
    auto const* const asked = std::getenv("CONVERGE_RACE_ROUNDS");
    return asked ? std::strtoull(asked, nullptr, 10) : usual;
}

/// Whether `body` throws an `error` of that code.
template <class Body>
bool fails_with(converge::errc code, Body body)
{
    try {
        body();
    } catch (converge::error const& thrown) {
        return thrown.is(code);
    }
    return false;
}

} // namespace store_test
