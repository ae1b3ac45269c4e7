// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/revision.hpp>
#include <converge/store/transaction.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace converge {

/// Asks for the entries under a prefix, in key order, at one revision.
struct list_query {
    /// Empty or ending with '/': every key beneath it. Any other: exactly that key.
    std::string prefix;
    /// Zero: the newest; the answer tells which it was.
    revision at{};
    /// The most entries in one page; zero is all.
    std::size_t limit = 0;
    /// Start behind this key: the last one of the page before.
    std::string after;

    explicit list_query(std::string of) : prefix{std::move(of)} {}
};

/// One page of a snapshot.
struct list_page {
    std::vector<stored> entries;
    revision at{};
    /// Whether entries follow; ask again with the same `at`, after the last key of this page.
    bool more = false;
    /// The key of the last entry; empty if there is none.
    std::string last_key;

    list_page() = default;
};

} // namespace converge
