// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/object_change.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace converge::detail {

struct subscriber {
    std::function<void(object_change const&)> hear;
    bool gone = false;
};

/// Who hears of the changes, in the order of subscription. Subscribers may come and go while
/// they are told: who comes is not told of the changes in hand, who goes hears nothing more.
class subscriber_list {
public:
    [[nodiscard]] bool empty() const noexcept { return all_.empty(); }

    [[nodiscard]] std::shared_ptr<subscriber> add(std::function<void(object_change const&)> hear)
    {
        return all_.emplace_back(std::make_shared<subscriber>(subscriber{std::move(hear), false}));
    }

    /// Forgets those that are gone, as soon as nobody is being told.
    void sweep() noexcept
    {
        if (telling_ == 0)
            std::erase_if(all_, [](auto const& each) { return each->gone; });
        else
            left_ = true;
    }

    /// Tells changes while it lives.
    class telling {
    public:
        explicit telling(subscriber_list& to) noexcept : to_{to}, count_{to.all_.size()}
        {
            ++to_.telling_;
        }
        telling(telling const&) = delete;
        telling& operator=(telling const&) = delete;
        ~telling()
        {
            if (--to_.telling_ == 0 && std::exchange(to_.left_, false))
                to_.sweep();
        }

        void operator()(object_change const& change) const
        {
            for (std::size_t i = 0; i != count_; ++i) {
                auto& each = *to_.all_[i];
                if (!each.gone)
                    each.hear(change);
            }
        }

    private:
        subscriber_list& to_;
        std::size_t count_;
    };

private:
    std::vector<std::shared_ptr<subscriber>> all_;
    unsigned telling_ = 0;
    bool left_ = false;
};

} // namespace converge::detail
