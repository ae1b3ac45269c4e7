// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the tests of informers and views share: an api that can be made to fail, and a session with
// an informer that is reached through it.

#include <converge/client/informer.hpp>

#include "../api/session.hpp"

#include <converge/observe/memory_sink.hpp>

namespace client_test {

using namespace converge;
using namespace api_test;

/// A watch whose next answer can be made to fail, or that fails at once.
struct fragile_watch : watch_stream {
    fragile_watch(std::unique_ptr<watch_stream> of, std::shared_ptr<std::optional<errc>> how,
                  bool fails_at_once)
        : from{std::move(of)},
          failing{std::move(how)},
          at_once{fails_at_once}
    {}
    task<watch_batch> next() override
    {
        if (at_once)
            throw error{errc::unavailable, "the watch failed at once"};
        auto batch = co_await from->next();
        if (*failing)
            throw error{**failing, "the watch failed"};
        co_return batch;
    }
    revision through() const override { return from->through(); }

    std::unique_ptr<watch_stream> from;
    std::shared_ptr<std::optional<errc>> failing;
    bool at_once;
};

/// An api that can be made to fail: its lists, its watches, or both.
struct fragile_transport : transport {
    explicit fragile_transport(std::shared_ptr<transport> to) : target{std::move(to)} {}

    task<response> send(request what) override
    {
        ++lists;
        if (lists_fail)
            throw error{errc::unavailable, "the list failed"};
        co_return co_await target->send(std::move(what));
    }
    std::unique_ptr<watch_stream> watch(watch_request what) override
    {
        ++watches;
        return std::make_unique<fragile_watch>(target->watch(std::move(what)), watches_fail,
                                               watches_fail_at_once);
    }

    std::shared_ptr<transport> target;
    bool lists_fail = false;
    bool watches_fail_at_once = false;
    int lists = 0;
    int watches = 0;
    std::shared_ptr<std::optional<errc>> watches_fail = std::make_shared<std::optional<errc>>();
};

inline std::string told(object_change const& change)
{
    auto const& object = change.after ? change.after : change.before;
    auto const replicas = [](any_object const& of) {
        return std::to_string(of.as<site>()->spec.replicas);
    };
    if (!change.before)
        return "+" + object.key().name + " " + replicas(change.after);
    if (!change.after)
        return "-" + object.key().name + " " + replicas(change.before);
    return object.key().name + " " + replicas(change.before) + ">" + replicas(change.after);
}

using lines = std::vector<std::string>;

struct informed : session {
    informed()
        : link{std::make_shared<fragile_transport>(server)},
          log{std::make_shared<memory_sink>()},
          sites{std::make_shared<informer>(link, type_of<site>(), logger{log})}
    {
        hearing = sites->subscribe(
            [this](object_change const& change) { heard.push_back(told(change)); });
    }

    ~informed() { stop(); }

    lines take() { return std::exchange(heard, {}); }

    std::shared_ptr<fragile_transport> link;
    std::shared_ptr<memory_sink> log;
    std::shared_ptr<informer> sites;
    lines heard;
    subscription hearing;
};

[[nodiscard]] inline std::vector<std::string> names(std::vector<object_ptr<site>> const& of)
{
    std::vector<std::string> all;
    for (auto const& each : of)
        all.push_back(each->metadata.name);
    return all;
}

} // namespace client_test
