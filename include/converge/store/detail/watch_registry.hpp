// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/wake.hpp>
#include <converge/core/revision.hpp>
#include <converge/store/detail/key_index.hpp>
#include <converge/store/detail/key_range.hpp>
#include <converge/store/watch.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::detail {

struct watcher;

/// The watchers of one prefix that wait for a change.
struct armed_watchers {
    watcher* first = nullptr;
    std::size_t streams = 0;
};

/// The place of one watch. All but `changed` is guarded by the lock of the store. Shared by the
/// stream and the coroutine that awaits it, whichever is destroyed first.
struct watcher : std::enable_shared_from_this<watcher> {
    explicit watcher(watch_query query)
        : prefix{std::move(query.prefix)},
          after{query.after},
          batch_max{std::max<std::size_t>(query.batch_max, 1)},
          latest_only{query.latest_only}
    {}

    std::string const prefix;
    /// Everything up to here was delivered, or did not match.
    revision after;
    std::size_t const batch_max;
    bool const latest_only;
    bool closed = false;

    bool armed = false;
    armed_watchers* home = nullptr;
    watcher* before = nullptr;
    watcher* behind = nullptr;

    wake changed;
};

/// Finds the watchers that wait for a change of a key at a cost that depends on the key and on
/// how many are found, not on how many there are. Not thread-safe.
///
/// A watcher is armed only while its `next` waits, which is when everything up to the newest
/// revision was delivered to it. So an armed watcher needs no place in the history: the commit
/// that finds it tells it where to go on.
class watch_registry {
public:
    void join(watcher& added)
    {
        auto& home = homes_.insert(added.prefix).first->armed;
        ++home.streams;
        added.home = &home;
        ++streams_;
    }

    void leave(watcher& removed, revision newest)
    {
        disarm(removed, newest);
        removed.home = nullptr;
        --streams_;
        auto* const home = homes_.find(removed.prefix);
        if (--home->armed.streams == 0)
            homes_.erase(*home);
    }

    void arm(watcher& waiting) noexcept
    {
        auto& home = *waiting.home;
        waiting.before = nullptr;
        waiting.behind = home.first;
        if (home.first)
            home.first->before = &waiting;
        home.first = &waiting;
        waiting.armed = true;
        ++armed_;
    }

    /// Ends the wait of a watcher for which nothing came up to `seen`. No effect if not armed.
    void disarm(watcher& waiting, revision seen) noexcept
    {
        if (!waiting.armed)
            return;
        (waiting.before ? waiting.before->behind : waiting.home->first) = waiting.behind;
        if (waiting.behind)
            waiting.behind->before = waiting.before;
        waiting.armed = false;
        waiting.after = std::max(waiting.after, seen);
        --armed_;
    }

    /// Disarms the watchers that wait for a change of `key` at `at`, and adds them to `woken`: those
    /// that wait for less first, who wait for everything have time.
    void collect(std::string_view key, revision at, std::vector<std::shared_ptr<watcher>>& woken)
    {
        if (armed_ == 0)
            return;
        if (is_one_key(key))
            collect_home(key, at, woken);
        for (auto end = key.size(); end != 0;) {
            auto const slash = key.rfind('/', end - 1);
            end = slash == key.npos ? 0 : slash;
            if (slash != key.npos)
                collect_home(key.substr(0, slash + 1), at, woken);
        }
        collect_home({}, at, woken);
    }

    [[nodiscard]] std::size_t streams() const noexcept { return streams_; }
    [[nodiscard]] std::size_t armed() const noexcept { return armed_; }

private:
    void collect_home(std::string_view prefix, revision at,
                      std::vector<std::shared_ptr<watcher>>& woken)
    {
        auto* const home = homes_.find(prefix);
        if (!home)
            return;
        for (auto* each = home->armed.first; each;) {
            auto& found = *std::exchange(each, each->behind);
            if (found.after >= at)
                continue;
            woken.push_back(found.shared_from_this());
            disarm(found, revision{at.value() - 1});
        }
    }

    struct home_of_prefix {
        std::string_view first;
        armed_watchers armed;
    };
    key_index<home_of_prefix> homes_;
    std::size_t streams_ = 0;
    std::size_t armed_ = 0;
};

} // namespace converge::detail
