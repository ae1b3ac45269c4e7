// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/detail/wake_reason.hpp>
#include <converge/async/task.hpp>
#include <converge/async/time_service.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace converge::detail {

class parked;

/// Every coroutine of one context that waits in a `wake`, so that the context can destroy them:
/// when it ends, or when a simulated process is killed. A simulation derives from it.
class parking_service : public boost::asio::execution_context::service {
public:
    using key_type = parking_service;
    using list = std::list<std::weak_ptr<parked>>;

    explicit parking_service(boost::asio::execution_context& context)
        : boost::asio::execution_context::service{context}
    {
    }

    /// Where a child of a task that runs on `parent` shall run.
    [[nodiscard]] virtual executor child_of(executor const& parent) { return parent; }

    list::iterator add(std::weak_ptr<parked> entry)
    {
        std::lock_guard const lock{mutex_};
        return parked_.insert(parked_.end(), std::move(entry));
    }

    void remove(list::iterator entry)
    {
        std::lock_guard const lock{mutex_};
        parked_.erase(entry);
    }

    /// The coroutines that wait now, those that began to wait last first.
    [[nodiscard]] std::vector<std::shared_ptr<parked>> waiting()
    {
        std::lock_guard const lock{mutex_};
        std::vector<std::shared_ptr<parked>> found;
        for (auto entry = parked_.rbegin(); entry != parked_.rend(); ++entry)
            if (auto alive = entry->lock())
                found.push_back(std::move(alive));
        return found;
    }

private:
    inline void shutdown() override;

    std::mutex mutex_;
    list parked_;
};

/// One suspended coroutine. Whoever comes first of notify, alarm, cancellation and destruction
/// gets it; the others find it taken.
class parked final : public alarm, public std::enable_shared_from_this<parked> {
public:
    using handler = boost::asio::any_completion_handler<void(wake_reason)>;

    parked(handler resume, executor where)
        : resume_{std::move(resume)},
          where_{boost::asio::prefer(std::move(where),
                                     boost::asio::execution::outstanding_work.tracked)},
          lot_{boost::asio::use_service<parking_service>(where_.context())}
    {
    }

    parked(parked const&) = delete;
    parked& operator=(parked const&) = delete;

    ~parked()
    {
        if (!taken_)
            lot_.remove(place_);
    }

    /// Makes the context know the coroutine. @pre Called once, before anything else can end it.
    void enter() { place_ = lot_.add(weak_from_this()); }

    void wake_at(instant due)
    {
        alarm_ = time_of(where_).set_alarm(where_, due, weak_from_this());
    }

    void ring() override { finish(wake_reason::due); }

    /// Resumes the coroutine on its executor; false if something else did. Thread-safe.
    bool finish(wake_reason reason)
    {
        if (taken_.exchange(true))
            return false;
        lot_.remove(place_);
        auto const where = std::move(where_);
        boost::asio::post(where, resumption{shared_from_this(), reason});
        return true;
    }

    /// Destroys the coroutine where it stands; its locals are unwound.
    void abandon()
    {
        if (taken_.exchange(true))
            return;
        lot_.remove(place_);
        alarm_.reset();
        // What it waits in may live longer than the context.
        auto const where = std::move(where_);
        auto const dying = std::move(resume_);
    }

    [[nodiscard]] bool finished() const noexcept { return taken_; }
    [[nodiscard]] executor const& where() const noexcept { return where_; }

private:
    /// Resumes when called, and destroys the coroutine if it never is: the `wake` that the
    /// coroutine owns may still own the coroutine.
    class resumption {
    public:
        resumption(std::shared_ptr<parked> of, wake_reason why) : of_{std::move(of)}, why_{why} {}
        resumption(resumption&&) noexcept = default;
        resumption& operator=(resumption&&) = delete;

        ~resumption()
        {
            if (of_)
                of_->drop();
        }

        void operator()()
        {
            auto const of = std::exchange(of_, nullptr);
            of->alarm_.reset();
            handler resume = std::move(of->resume_);
            resume(why_);
        }

    private:
        std::shared_ptr<parked> of_;
        wake_reason why_;
    };

    void drop()
    {
        alarm_.reset();
        auto const dying = std::move(resume_);
    }

    handler resume_;
    executor where_;
    parking_service& lot_;
    parking_service::list::iterator place_{};
    std::shared_ptr<void> alarm_;
    std::atomic<bool> taken_ = false;
};

inline void parking_service::shutdown()
{
    for (auto const& entry : waiting())
        entry->abandon();
}

} // namespace converge::detail
