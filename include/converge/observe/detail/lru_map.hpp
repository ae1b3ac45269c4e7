// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <utility>

namespace converge::detail {

/// Remembers a value for each of the last `capacity` numbers that were asked for. O(1).
template <class Value>
class lru_map {
public:
    explicit lru_map(std::size_t capacity) : capacity_{capacity} {}
    // A copy would point into the original.
    lru_map(lru_map const&) = delete;
    lru_map& operator=(lru_map const&) = delete;
    lru_map(lru_map&&) = default;
    lru_map& operator=(lru_map&&) = default;
    ~lru_map() = default;

    [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

    /// The value of `key`, now the most recent; null if unknown or forgotten.
    [[nodiscard]] Value* find(std::uint64_t key)
    {
        auto const found = places_.find(key);
        if (found == places_.end())
            return nullptr;
        order_.splice(order_.begin(), order_, found->second);
        return &found->second->second;
    }

    /// Remembers `value` for `key`, forgetting what was asked for longest ago if full.
    /// @pre `find(key)` is null.
    void insert(std::uint64_t key, Value value)
    {
        if (capacity_ == 0)
            return;
        if (places_.size() == capacity_) {
            places_.erase(order_.back().first);
            order_.pop_back();
        }
        order_.emplace_front(key, std::move(value));
        places_.emplace(key, order_.begin());
    }

private:
    using item = std::pair<std::uint64_t, Value>;

    std::size_t capacity_;
    std::list<item> order_;
    std::unordered_map<std::uint64_t, typename std::list<item>::iterator> places_;
};

} // namespace converge::detail
