// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/kubernetes_objects.hpp"
#include "measure/sample.hpp"
#include "resources/config_map.hpp"
#include "resources/pod.hpp"

#include <converge/api/transport.hpp>
#include <converge/async/wake.hpp>
#include <converge/client/informer.hpp>
#include <converge/client/view.hpp>
#include <converge/codec/parse_json.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bench {

using converge::any_object;

/// Each figure is the median of so many.
inline constexpr int rounds = 5;

template <class R>
[[nodiscard]] std::string text_of(std::size_t number)
{
    if constexpr (std::is_same_v<R, cluster::pod>)
        return pod_text(number);
    else
        return config_map_text(number);
}

template <class R>
[[nodiscard]] any_object decoded(std::string const& text)
{
    auto const document = converge::parse_json(text).value();
    auto made = converge::type_of<R>().decode(document, {}).value();
    return {converge::type_of<R>(), std::move(made)};
}

template <class R>
[[nodiscard]] std::vector<any_object> objects(std::size_t count)
{
    std::vector<any_object> all;
    all.reserve(count);
    for (std::size_t i = 0; i != count; ++i)
        all.push_back(decoded<R>(text_of<R>(i)));
    return all;
}

/// The same object at a later revision, as a watch would bring it.
template <class R>
[[nodiscard]] any_object modified(any_object const& from, std::uint64_t at)
{
    auto copy = std::make_shared<converge::object<R>>(*from.as<R>());
    copy->metadata.resource_version = converge::revision{at};
    return {converge::type_of<R>(), std::move(copy)};
}

/// Gives an informer a list, then batches as fast as it takes them; rests when there are no more.
class feeder final : public converge::transport {
public:
    explicit feeder(std::function<converge::response()> list) : list_{std::move(list)} {}

    [[nodiscard]] converge::task<converge::response> send(converge::request) override
    {
        co_return list_();
    }
    [[nodiscard]] std::unique_ptr<converge::watch_stream> watch(converge::watch_request) override
    {
        return std::make_unique<stream>(*this);
    }

    std::function<bool(converge::watch_batch&)> next;
    converge::wake more;

private:
    class stream final : public converge::watch_stream {
    public:
        explicit stream(feeder& from) : from_{from} {}

        [[nodiscard]] converge::task<converge::watch_batch> next() override
        {
            converge::watch_batch batch;
            while (!from_.next || !from_.next(batch))
                co_await from_.more.wait();
            co_return batch;
        }
        [[nodiscard]] converge::revision through() const override { return {}; }

    private:
        feeder& from_;
    };

    std::function<converge::response()> list_;
};

/// An informer with handlers that count, on a context of its own.
template <class R>
struct fed_informer {
    fed_informer(std::function<converge::response()> list, int handlers)
        : from{std::make_shared<feeder>(std::move(list))},
          subject{std::make_shared<converge::informer>(from, converge::type_of<R>())}
    {
        for (int i = 0; i != handlers; ++i)
            hears.push_back(
                subject->subscribe([this](converge::object_change const&) { ++heard; }));
        boost::asio::co_spawn(context, subject->run(), boost::asio::detached);
    }
    fed_informer(fed_informer const&) = delete;
    fed_informer& operator=(fed_informer const&) = delete;

    void poll()
    {
        context.restart();
        context.poll();
    }

    std::shared_ptr<feeder> from;
    std::shared_ptr<converge::informer> subject;
    std::vector<converge::subscription> hears;
    std::size_t heard = 0;
    boost::asio::io_context context;
};

/// Events that modify the objects, round after round, each made beforehand: `batch` at a time.
template <class R>
class storm {
public:
    /// @param keeps What the events replace is freed by nobody who is measured.
    storm(std::vector<any_object> const& first, std::size_t batch, bool keeps)
        : first_{first},
          batch_{batch},
          keeps_{keeps},
          last_{first.begin(), first.end()}
    {}

    /// Makes the batches of so many events.
    void prepare(std::size_t events)
    {
        batches_.clear();
        kept_.clear();
        place_ = 0;
        for (std::size_t made = 0; made < events;) {
            auto& in = batches_.emplace_back();
            for (std::size_t i = 0; i != batch_ && made < events; ++i, ++made) {
                // In steps that no cache foresees.
                at_object_ = (at_object_ + 7919) % last_.size();
                auto next = modified<R>(first_[at_object_], ++at_);
                in.events.emplace_back(std::string{}, next, last_[at_object_],
                                       converge::revision{at_});
                if (keeps_)
                    kept_.push_back(last_[at_object_]);
                last_[at_object_] = std::move(next);
            }
            in.through = converge::revision{at_};
        }
    }

    [[nodiscard]] bool next(converge::watch_batch& into)
    {
        if (place_ == batches_.size())
            return false;
        into = std::move(batches_[place_++]);
        return true;
    }

private:
    std::vector<any_object> const& first_;
    std::size_t batch_;
    bool keeps_;
    std::vector<any_object> last_;
    std::vector<any_object> kept_;
    std::vector<converge::watch_batch> batches_;
    std::size_t place_ = 0;
    std::size_t at_object_ = 0;
    std::uint64_t at_ = 10'000'000;
};

} // namespace bench
