// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace converge::detail {

/// What newer states do not show any more, first in, first out, with the number of the last state
/// that does. One thread.
class retired_list {
public:
    using number = std::uint64_t;
    using free_function = void (*)(void* home, void* dead);

    retired_list() = default;
    retired_list(retired_list const&) = delete;
    retired_list& operator=(retired_list const&) = delete;

    /// `free(home, dead)` is called once no reader needs `dead`. @pre `last` never falls.
    void add(number last, void* home, void* dead, free_function free)
    {
        if (first_ != 0 && first_ == entries_.size()) {
            entries_.clear();
            first_ = 0;
        } else if (entries_.size() == entries_.capacity() && first_ > entries_.size() / 2) {
            entries_.erase(entries_.begin(),
                           entries_.begin() + static_cast<std::ptrdiff_t>(first_));
            first_ = 0;
        }
        entries_.push_back({last, home, dead, free});
    }

    /// Frees what no state from `oldest` on shows.
    void free_before(number oldest)
    {
        while (first_ != entries_.size() && entries_[first_].last < oldest) {
            auto const dead = entries_[first_++];
            dead.free(dead.home, dead.what);
        }
        if (first_ == entries_.size()) {
            entries_.clear();
            first_ = 0;
            // A burst, or a snapshot that was held for long, is no reason to keep its memory.
            if (entries_.capacity() > kept_capacity)
                std::vector<entry>{}.swap(entries_);
        }
    }

    [[nodiscard]] bool empty() const noexcept { return first_ == entries_.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size() - first_; }

private:
    struct entry {
        number last;
        void* home;
        void* what;
        free_function free;
    };
    static constexpr std::size_t kept_capacity = 4096;

    std::vector<entry> entries_;
    std::size_t first_ = 0;
};

/// What a change needs to know: the number of the state that is being made, and where to put what
/// only earlier states show.
struct tree_edit {
    retired_list::number building;
    retired_list& retired;
};

} // namespace converge::detail
