// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/detail/subscriber_list.hpp>

#include <memory>
#include <utility>

namespace converge {

/// Keeps a subscriber of an `informer` subscribed while it lives; who ends it hears nothing more.
///
/// @par Lifetime  May outlive the informer.
/// @par Threads   The strand of the informer.
class [[nodiscard]] subscription {
public:
    /// Keeps nothing.
    subscription() = default;
    subscription(std::weak_ptr<detail::subscriber_registry> in,
                 std::shared_ptr<detail::subscriber> of) noexcept
        : in_{std::move(in)},
          of_{std::move(of)}
    {}
    subscription(subscription&& other) noexcept = default;
    subscription& operator=(subscription&& other) noexcept
    {
        if (this != &other) {
            unsubscribe();
            in_ = std::move(other.in_);
            of_ = std::move(other.of_);
        }
        return *this;
    }
    ~subscription() { unsubscribe(); }

    /// Once it has returned the subscriber is not called any more; it is destroyed now, or, if this
    /// is called while subscribers are told, after they were. May be called again, and by the
    /// subscriber itself. @par Complexity  Linear in the subscribers.
    void unsubscribe() noexcept
    {
        auto const of = std::exchange(of_, nullptr);
        if (of == nullptr)
            return;
        of->gone = true;
        if (auto const list = in_.lock())
            list->sweep();
    }

    /// Keeps the subscriber for as long as the informer lives.
    void release() noexcept { of_ = nullptr; }

    [[nodiscard]] explicit operator bool() const noexcept { return of_ != nullptr; }

private:
    std::weak_ptr<detail::subscriber_registry> in_;
    std::shared_ptr<detail::subscriber> of_;
};

} // namespace converge
