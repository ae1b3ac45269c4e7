// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the tests of the api and of clients share: kinds, and a client driven step by step on a
// clock that stands until it is advanced.

#include <converge/api/api.hpp>
#include <converge/async/random_service.hpp>
#include <converge/async/time_service.hpp>
#include <converge/client/client.hpp>
#include <converge/store/memory_store.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/describe/class.hpp>
#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

inline doctest::String toString(revision at)
{
    return to_string(at).c_str();
}

} // namespace converge

namespace api_test {

struct site {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Site"};
    struct spec {
        std::string image{};
        int replicas = 1;
        std::optional<int> limit{};
        std::vector<std::string> hosts{};
        std::map<std::string, std::string> settings{};
    };
    struct status {
        int ready = 0;
        std::string phase{};
    };
};
BOOST_DESCRIBE_STRUCT(site::spec, (), (image, replicas, limit, hosts, settings))
BOOST_DESCRIBE_STRUCT(site::status, (), (ready, phase))

struct machine {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Machine"};
    static constexpr converge::scope scope = converge::scope::cluster;
    struct spec {
        int cores = 1;
    };
};
BOOST_DESCRIBE_STRUCT(machine::spec, (), (cores))

struct note {
    static constexpr converge::kind_name kind{"v1", "Note"};
    struct content {
        std::map<std::string, std::string> data{};
    };
};
BOOST_DESCRIBE_STRUCT(note::content, (), (data))

/// The time of a session.
class manual_time final : public converge::time_service {
public:
    using converge::time_service::time_service;

    converge::instant now() const override { return converge::instant{passed_}; }
    converge::timestamp wall_now() const override
    {
        using namespace std::chrono;
        return sys_days{year{2030} / 1 / 1} + milliseconds{1500} +
               duration_cast<microseconds>(passed_);
    }
    std::shared_ptr<void> set_alarm(converge::executor const& where, converge::instant due,
                                    std::weak_ptr<converge::alarm> target) override
    {
        auto handle = std::make_shared<bool>(true);
        alarms_.push_back({where, due, std::move(target), handle});
        ring();
        return handle;
    }
    void advance(converge::duration span)
    {
        passed_ += span;
        ring();
    }

private:
    struct entry {
        converge::executor where;
        converge::instant due;
        std::weak_ptr<converge::alarm> target;
        std::weak_ptr<bool> handle;
    };

    void ring()
    {
        for (auto each = alarms_.begin(); each != alarms_.end();) {
            if (each->due > now()) {
                ++each;
                continue;
            }
            boost::asio::post(each->where, [due = *each] {
                auto const wanted = due.handle.lock();
                auto const target = due.target.lock();
                if (wanted && target)
                    target->ring();
            });
            each = alarms_.erase(each);
        }
    }

    converge::duration passed_ = std::chrono::hours{1};
    std::list<entry> alarms_;
};

/// The chance of a session: the same in every run.
class fixed_chance final : public converge::random_service {
public:
    fixed_chance(boost::asio::execution_context& context, std::uint64_t seed)
        : converge::random_service{context, seed}
    {
    }
};

/// A task that runs beside a session until it ends or is cancelled.
struct running {
    bool done = false;
    std::exception_ptr failure;
    boost::asio::cancellation_signal cancel;
};

template <class T>
converge::task<> keep(converge::task<T> body, std::optional<T>& into)
{
    into = co_await std::move(body);
}

/// One thread's dealings with an api. Nothing here waits for real time.
class session {
public:
    session() : session{std::make_shared<converge::memory_store>()} {}
    explicit session(std::shared_ptr<converge::memory_store> over, std::uint64_t seed = 1)
        : store{std::move(over)}, server{std::make_shared<converge::api>(store)}, client{server},
          clock_{*new manual_time{context_}}
    {
        boost::asio::add_service<converge::time_service>(context_, &clock_);
        boost::asio::add_service<converge::random_service>(context_, new fixed_chance{context_, seed});
    }
    session(session const&) = delete;
    session& operator=(session const&) = delete;
    ~session() { stop(); }

    /// Ends everything that was started: call it before what that uses dies.
    void stop()
    {
        for (auto const& each : started_)
            each->cancel.emit(boost::asio::cancellation_type::terminal);
        settle();
        started_.clear();
    }

    /// Lets everything run that need not wait for time or for a write.
    void settle()
    {
        context_.restart();
        context_.poll();
    }

    /// Moves the clock, in small steps, so that what repeats can repeat.
    void advance(converge::duration span)
    {
        for (int i = 0; i < 10; ++i) {
            clock_.advance(span / 10);
            settle();
        }
    }

    std::shared_ptr<running> start(converge::task<> body)
    {
        auto const state = started_.emplace_back(std::make_shared<running>());
        boost::asio::co_spawn(context_, std::move(body),
                              boost::asio::bind_cancellation_slot(
                                  state->cancel.slot(), [state](std::exception_ptr thrown) {
                                      state->failure = thrown;
                                      state->done = true;
                                  }));
        settle();
        return state;
    }

    void run(converge::task<> body)
    {
        auto const state = start(std::move(body));
        REQUIRE(state->done);
        started_.remove(state);
        if (state->failure)
            std::rethrow_exception(state->failure);
    }

    template <class T>
    T run(converge::task<T> body)
    {
        std::optional<T> value;
        run(keep(std::move(body), value));
        return std::move(*value);
    }

    /// Collects garbage and ends leases from here on.
    void housekeep() { start(server->housekeep()); }

    /// The revision of the store: it tells whether anything was written.
    [[nodiscard]] converge::revision newest() const { return store->newest(); }

    template <class R>
    converge::object_ptr<R> create(converge::object<R> wanted, converge::write_options how = {})
    {
        return run(client.create(std::move(wanted), std::move(how)));
    }
    template <class R>
    converge::object_ptr<R> update(converge::object<R> wanted, converge::write_options how = {})
    {
        return run(client.update(std::move(wanted), std::move(how)));
    }
    template <class R>
    converge::object_ptr<R> update_status(converge::object<R> wanted,
                                          converge::write_options how = {})
    {
        return run(client.update_status(std::move(wanted), std::move(how)));
    }
    template <class R>
    converge::object_ptr<R> apply(converge::object<R> wanted, converge::write_options how = {})
    {
        return run(client.apply(std::move(wanted), std::move(how)));
    }
    template <class R>
    converge::object_ptr<R> apply_as(std::string manager, converge::object<R> wanted)
    {
        return apply(std::move(wanted), converge::write_options{}.as(std::move(manager)));
    }
    /// A merge patch.
    template <class R>
    converge::object_ptr<R> patch(converge::key<R> id, std::string_view document,
                                  converge::write_options how = {})
    {
        return run(client.patch(std::move(id), boost::json::parse(document), std::move(how)));
    }
    template <class R>
    converge::object_ptr<R> patch(converge::verb what, converge::key<R> id,
                                  converge::patch_format format, std::string_view document)
    {
        auto asked = converge::request::patch(what, converge::type_of<R>(), std::move(id), format,
                                              boost::json::parse(document), {});
        return run(server->send(std::move(asked))).object().template as<R>();
    }
    template <class R>
    converge::object_ptr<R> find(converge::key<R> id)
    {
        return run(client.find(std::move(id)));
    }
    template <class R>
    converge::object_ptr<R> remove(converge::key<R> id, converge::write_options how = {})
    {
        return run(client.remove(std::move(id), std::move(how)));
    }
    template <class R>
    converge::object_list<R> list(converge::list_options which = {})
    {
        return run(client.list<R>(std::move(which)));
    }

private:
    boost::asio::io_context context_{1};
    std::list<std::shared_ptr<running>> started_;

public:
    std::shared_ptr<converge::memory_store> const store;
    std::shared_ptr<converge::api> const server;
    converge::client const client;

private:
    manual_time& clock_;
};

[[nodiscard]] inline converge::key<site> site_key(std::string name)
{
    return converge::key<site>{std::move(name)};
}

[[nodiscard]] inline converge::object<site> site_named(std::string name, int replicas = 1)
{
    converge::object<site> made{std::move(name)};
    made.spec.image = "site:1";
    made.spec.replicas = replicas;
    return made;
}

[[nodiscard]] inline converge::key<note> note_key(std::string name)
{
    return converge::key<note>{std::move(name)};
}

[[nodiscard]] inline converge::object<note> child_of(std::string name,
                                                     converge::object_ptr<site> const& owner)
{
    converge::object<note> made{std::move(name)};
    made.metadata.owner_references.push_back(controller_reference(*owner));
    return made;
}

template <class R>
[[nodiscard]] std::vector<std::string> names_of(converge::object_list<R> const& list)
{
    std::vector<std::string> names;
    for (auto const& each : list)
        names.push_back(each->metadata.name);
    return names;
}

/// What the `converge::error` says that `body` throws.
template <class Body>
[[nodiscard]] converge::failure refusal_of(Body body)
{
    try {
        static_cast<void>(body());
    } catch (converge::error const& thrown) {
        return thrown.reason();
    }
    FAIL("expected a refusal, but it was done");
    return {};
}

[[nodiscard]] inline bool mentions(converge::failure const& refused, std::string_view text)
{
    return refused.what().find(text) != std::string::npos;
}

} // namespace api_test
