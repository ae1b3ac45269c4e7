// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace converge::detail {

/// What a subscription knows of whom it keeps subscribed.
struct subscriber {
    bool gone = false;
};

/// What a subscription knows of where.
class subscriber_registry {
public:
    /// Forgets those that are gone, as soon as nobody is being told.
    virtual void sweep() noexcept = 0;

protected:
    ~subscriber_registry() = default;
};

/// Who hears of something, in the order of subscription. Subscribers may come and go while they
/// are told: who comes is not told of what is in hand, who goes hears nothing more.
template <class... News>
class subscriber_list final : public subscriber_registry {
public:
    struct listener : subscriber {
        explicit listener(std::function<void(News const&...)> call) : hear{std::move(call)} {}

        std::function<void(News const&...)> hear;
    };

    [[nodiscard]] bool empty() const noexcept { return all_.empty(); }

    [[nodiscard]] std::shared_ptr<listener> add(std::function<void(News const&...)> hear)
    {
        return all_.emplace_back(std::make_shared<listener>(std::move(hear)));
    }

    void sweep() noexcept override
    {
        if (telling_ == 0)
            std::erase_if(all_, [](auto const& each) { return each->gone; });
        else
            left_ = true;
    }

    /// Tells while it lives.
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

        void operator()(News const&... news) const
        {
            for (std::size_t i = 0; i != count_; ++i) {
                auto& each = *to_.all_[i];
                if (!each.gone)
                    each.hear(news...);
            }
        }

    private:
        subscriber_list& to_;
        std::size_t count_;
    };

private:
    std::vector<std::shared_ptr<listener>> all_;
    unsigned telling_ = 0;
    bool left_ = false;
};

} // namespace converge::detail
