// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/wake.hpp>
#include <converge/core/key.hpp>

#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace converge {

namespace detail {

/// What one controller has not yet taken from a channel.
struct key_mailbox {
    std::mutex mutex;
    std::set<object_key> keys;
    wake filled;

    void put(object_key id)
    {
        {
            std::lock_guard const lock{mutex};
            keys.insert(std::move(id));
        }
        filled.notify_one();
    }
    [[nodiscard]] std::set<object_key> take()
    {
        std::lock_guard const lock{mutex};
        return std::exchange(keys, {});
    }
};

/// Where keys come from that no cache shows.
class key_channel {
public:
    [[nodiscard]] std::shared_ptr<key_mailbox> listen()
    {
        auto made = std::make_shared<key_mailbox>();
        std::lock_guard const lock{mutex_};
        std::erase_if(listeners_, [](auto const& each) { return each.expired(); });
        listeners_.push_back(made);
        return made;
    }
    void send(object_key const& id)
    {
        std::vector<std::shared_ptr<key_mailbox>> all;
        {
            std::lock_guard const lock{mutex_};
            for (auto const& each : listeners_)
                if (auto alive = each.lock())
                    all.push_back(std::move(alive));
        }
        for (auto const& each : all)
            each->put(id);
    }

private:
    std::mutex mutex_;
    std::vector<std::weak_ptr<key_mailbox>> listeners_;
};

} // namespace detail

/// Runs objects because of something outside the store: a message, a sensor, a callback of a library.
/// A handle; copies are the same channel. Give it to controllers with `triggered_by(channel)`, and
/// call `send` whenever something happened.
///
/// A key that is sent again before its controller took it is taken once; so a channel holds at most
/// one entry an object. What is sent while no controller listens is forgotten: whoever starts runs
/// every object anyway.
///
/// @par Threads  Any.
/// @par Example  examples/09_external_source.cpp
template <class R>
class event_channel {
public:
    /// Makes the object due in every controller that listens; without effect if there is no such
    /// object.
    void send(key<R> const& id) const { channel_->send(id); }

    [[nodiscard]] std::shared_ptr<detail::key_channel> const& shared() const noexcept
    {
        return channel_;
    }

private:
    std::shared_ptr<detail::key_channel> channel_ = std::make_shared<detail::key_channel>();
};

} // namespace converge
