// SPDX-License-Identifier: BSL-1.0
#include <converge/store/watch.hpp>

#include "store_under_test.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

using namespace converge;
using namespace store_test;

namespace {

/// How far a `next` has come.
enum class step { made, waiting, notified, done };
/// What ends it.
enum class ending {
    nothing,
    cancel,
    destroy,
    cancel_then_destroy,
    destroy_then_cancel,
    commit_then_cancel,
    commit_then_destroy,
    end_of_context,
};

/// Brings a `next` to a step, ends it, and checks that nothing was lost and nothing is left.
class ended_wait {
public:
    ended_wait(store_under_test& opened, step at, ending how)
        : opened_{opened},
          writer_{opened.store()},
          user_{std::make_unique<session>(opened.store())}
    {
        begin_ = writer_.newest();
        stream_ = user_->watch("a/", begin_);
        bring_to(at);
        end(how);
        if (user_)
            user_->poll();
        check();
    }

private:
    void commit()
    {
        writer_.put("a/x", 0);
        ++committed_;
    }

    void bring_to(step at)
    {
        if (at == step::made) {
            // Started only after the end.
            made_.emplace(stream_->next());
            return;
        }
        pending_ = user_->start(*stream_);
        if (at != step::waiting)
            commit();
        if (at == step::done)
            user_->wait(*pending_);
    }

    void cancel()
    {
        if (pending_)
            pending_->cancel.emit(boost::asio::cancellation_type::terminal);
    }

    void end(ending how)
    {
        switch (how) {
        case ending::nothing: break;
        case ending::cancel: cancel(); break;
        case ending::cancel_then_destroy:
            cancel();
            stream_.reset();
            break;
        case ending::destroy_then_cancel:
            stream_.reset();
            cancel();
            break;
        case ending::commit_then_cancel:
            commit();
            cancel();
            break;
        case ending::commit_then_destroy:
            commit();
            stream_.reset();
            break;
        case ending::destroy: stream_.reset(); break;
        case ending::end_of_context:
            made_.reset();
            user_.reset();
            break;
        }
        if (made_)
            pending_ = user_->start(std::move(*made_));
    }

    void check()
    {
        std::size_t seen = 0;
        if (pending_ && pending_->done) {
            CHECK((pending_->batch || aborted(*pending_)));
            seen = pending_->batch ? pending_->batch->events.size() : 0;
        } else if (user_) {
            // Then there was nothing to end it.
            CHECK(stream_);
            CHECK(committed_ == 0);
            user_->cancel(*pending_);
            CHECK(aborted(*pending_));
        }
        if (stream_) {
            session other{opened_.store()};
            CHECK(stream_->through().value() == begin_.value() + seen);
            seen += other.drain(*stream_).size();
            CHECK(seen == committed_);
        }
        auto const stats = opened_.store().stats();
        CHECK(stats.waiting_watches == 0);
        CHECK(stats.watches == (stream_ ? 1 : 0));
        commit();
    }

    store_under_test& opened_;
    session writer_;
    std::unique_ptr<session> user_;
    revision begin_{};
    std::unique_ptr<watch_stream> stream_;
    std::optional<task<watch_batch>> made_;
    std::shared_ptr<pending_next> pending_;
    std::size_t committed_ = 0;
};

task<> reap_after_one(std::unique_ptr<watch_stream>& own, std::unique_ptr<watch_stream>& other,
                      any_store store)
{
    auto const batch = co_await own->next();
    own.reset();
    other.reset();
    for (auto const& event : batch.events) {
        auto write = put("b/" + event.key, 0);
        co_await store.commit(std::move(write));
    }
}

} // namespace

TEST_CASE("a wait that is cancelled, closed or destroyed at any step loses no change and leaves "
          "nothing behind")
{
    for_every_store([](store_under_test& opened) {
        for (int at = 0; at <= static_cast<int>(step::done); ++at)
            for (int how = 0; how <= static_cast<int>(ending::end_of_context); ++how) {
                CAPTURE(at);
                CAPTURE(how);
                ended_wait{opened, static_cast<step>(at), static_cast<ending>(how)};
            }
    });
}

TEST_CASE("who is woken may destroy its own stream and others that were woken with it, and commit")
{
    for_every_store([](store_under_test& opened) {
        session user{opened.store()};
        auto own = user.watch("a/", revision{});
        auto other = user.watch("", revision{});
        auto const waiting = user.start(*other);
        auto reaper = finished(reap_after_one(own, other, opened.store()));
        std::thread writer{[store = opened.store()] { session{store}.put("a/x", 1); }};
        CHECK(user.run(std::move(reaper)));
        writer.join();
        user.poll();
        REQUIRE(waiting->done);
        CHECK((waiting->batch || aborted(*waiting)));
        CHECK(user.get("b/a/x").has_value());
        CHECK(opened.store().stats().watches == 0);
    });
}

TEST_CASE("a stream may be destroyed by another thread, just when it is notified")
{
    for_every_store([](store_under_test& opened) {
        auto const rounds = race_rounds(1'000);
        std::mutex mutex;
        std::unique_ptr<watch_stream> shared;
        std::atomic<std::uint64_t> turn = 0;
        std::thread other{[&, store = opened.store()] {
            session user{store};
            for (std::uint64_t i = 1; i <= rounds; ++i) {
                while (turn < i)
                    std::this_thread::yield();
                if (i % 3 != 0)
                    user.put("a/x", 0);
                std::lock_guard const lock{mutex};
                shared.reset();
            }
        }};
        session user{opened.store()};
        std::uint64_t wrong = 0;
        for (std::uint64_t i = 1; i <= rounds; ++i) {
            auto stream = user.watch("a/", user.newest());
            auto const pending = user.start(*stream);
            {
                std::lock_guard const lock{mutex};
                shared = std::move(stream);
            }
            turn = i;
            if (i % 5 == 0)
                user.cancel(*pending);
            user.wait(*pending);
            bool const right = pending->batch ? pending->batch->events.size() == 1 && i % 3 != 0
                                              : aborted(*pending);
            wrong += right ? 0 : 1;
            for (bool gone = false; !gone; std::this_thread::yield()) {
                std::lock_guard const lock{mutex};
                gone = shared == nullptr;
            }
        }
        other.join();
        CHECK(wrong == 0);
        CHECK(opened.store().stats().watches == 0);
    });
}

TEST_CASE("a context may end while other threads commit what its coroutines wait for")
{
    for_every_store([](store_under_test& opened) {
        std::atomic<bool> stop = false;
        std::thread writer{[&stop, store = opened.store()] {
            session user{store};
            while (!stop)
                user.put("a/x", 0);
        }};
        auto const stream = opened.store().watch(watch_query{"a/", revision{}});
        for (std::uint64_t left = race_rounds(500); left > 0; --left) {
            session short_lived{opened.store()};
            auto const own = short_lived.watch("a/x", short_lived.newest());
            (void)short_lived.start(*own);
            (void)short_lived.start(*stream);
        }
        stop = true;
        writer.join();
        CHECK(opened.store().stats().waiting_watches == 0);
        CHECK(opened.store().stats().watches == 1);
    });
}

TEST_CASE("watches may be started, cancelled and destroyed while other threads commit")
{
    for_every_store([](store_under_test& opened) {
        std::atomic<bool> stop = false;
        std::vector<std::thread> writers;
        for (int each = 0; each < 2; ++each)
            writers.emplace_back([&stop, each, store = opened.store()] {
                session user{store};
                for (int i = 0; !stop; ++i)
                    user.put("a/" + std::to_string(each) + "/" + std::to_string(i % 7), i);
            });
        session user{opened.store()};
        std::vector<std::string> const prefixes{"", "a/", "a/0/", "a/1/3", "quiet/"};
        for (std::size_t round = 0; round < race_rounds(600); ++round) {
            auto stream = user.watch(prefixes[round % prefixes.size()], user.newest());
            auto const waiting = user.start(*stream);
            if (round % 3 == 0)
                stream.reset();
            if (round % 3 != 1)
                waiting->cancel.emit(boost::asio::cancellation_type::terminal);
            user.poll();
            stream.reset();
            user.wait(*waiting);
            CHECK((aborted(*waiting) || !waiting->batch->events.empty()));
        }
        stop = true;
        for (auto& writer : writers)
            writer.join();
    });
}
