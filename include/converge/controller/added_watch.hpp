// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/trigger_set.hpp>

#include <memory>
#include <utility>

namespace converge {

/// Keeps a watch in its `watch_set` while it lives.
///
/// @par Lifetime  May outlive the set.
/// @par Threads   The strand of the control plane.
class [[nodiscard]] added_watch {
public:
    /// Keeps nothing.
    added_watch() = default;
    added_watch(std::weak_ptr<detail::trigger_set> in,
                std::shared_ptr<detail::trigger const> of) noexcept
        : in_{std::move(in)},
          of_{std::move(of)}
    {}
    added_watch(added_watch&& other) noexcept = default;
    added_watch& operator=(added_watch&& other) noexcept
    {
        if (this != &other) {
            stop();
            in_ = std::move(other.in_);
            of_ = std::move(other.of_);
        }
        return *this;
    }
    ~added_watch() { stop(); }

    /// Removes the watch. Once this has returned its function is not called any more, and if nobody
    /// else needs the cache of the kind, that ends, and its memory is freed. What the watch has made
    /// due runs. May be called again, and by that function, of which what it then returns still
    /// counts.
    void stop() noexcept
    {
        auto const of = std::exchange(of_, nullptr);
        if (of == nullptr)
            return;
        if (auto const set = in_.lock())
            set->remove(*of);
    }

    /// Keeps the watch for as long as there is the set.
    void release() noexcept { of_ = nullptr; }

    [[nodiscard]] explicit operator bool() const noexcept { return of_ != nullptr; }

private:
    std::weak_ptr<detail::trigger_set> in_;
    std::shared_ptr<detail::trigger const> of_;
};

} // namespace converge
