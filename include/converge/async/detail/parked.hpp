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

/// Decides when a waiting coroutine may be destroyed: a parent not before its children, who use
/// its locals.
class keeper {
public:
    using handler = boost::asio::any_completion_handler<void(wake_reason)>;

    /// Asked for a coroutine that shall be destroyed. @returns whether it took it, to destroy it
    /// later.
    [[nodiscard]] virtual bool keep(handler& doomed) = 0;

protected:
    ~keeper() = default;
};

/// The coroutines of one context that wait. They share it, because it may be needed after the
/// context: another thread that has just resumed the last of them comes back to it.
struct parking_lot {
    using list = std::list<std::weak_ptr<parked>>;

    std::mutex mutex;
    list waiting;
    /// How many threads are using the context to resume a coroutine that has left the list.
    std::atomic<int> resuming = 0;
};

/// Every coroutine of one context that waits in a `wake`, so that the context can destroy them:
/// when it ends, or when a simulated process is killed. A simulation derives from it.
class parking_service : public boost::asio::execution_context::service {
public:
    using key_type = parking_service;

    explicit parking_service(boost::asio::execution_context& context)
        : boost::asio::execution_context::service{context}
    {
    }

    /// Where a child of a task that runs on `parent` shall run.
    [[nodiscard]] virtual executor child_of(executor const& parent) { return parent; }

    [[nodiscard]] std::shared_ptr<parking_lot> const& lot() const noexcept { return lot_; }

    /// The coroutines that wait now, those that began to wait last first.
    [[nodiscard]] std::vector<std::shared_ptr<parked>> waiting()
    {
        std::lock_guard const lock{lot_->mutex};
        std::vector<std::shared_ptr<parked>> found;
        auto const& parked = lot_->waiting;
        for (auto entry = parked.rbegin(); entry != parked.rend(); ++entry)
            if (auto alive = entry->lock())
                found.push_back(std::move(alive));
        return found;
    }

private:
    inline void shutdown() override;

    std::shared_ptr<parking_lot> lot_ = std::make_shared<parking_lot>();
};

/// One suspended coroutine. Whoever comes first of notify, alarm, cancellation and destruction
/// gets it; the others find it taken.
class parked final : public alarm, public std::enable_shared_from_this<parked> {
public:
    using handler = keeper::handler;

    /// @param until null, or who decides when the coroutine may be destroyed; the coroutine keeps
    ///              it alive.
    parked(handler resume, executor where, keeper* until)
        : resume_{std::move(resume)},
          until_{until},
          where_{boost::asio::prefer(std::move(where),
                                     boost::asio::execution::outstanding_work.tracked)},
          lot_{boost::asio::use_service<parking_service>(where_.context()).lot()}
    {
    }

    parked(parked const&) = delete;
    parked& operator=(parked const&) = delete;

    ~parked()
    {
        (void)take();
    }

    /// Makes the context know the coroutine. @pre Called once, before anything else can end it.
    void enter()
    {
        std::lock_guard const lock{lot_->mutex};
        place_ = lot_->waiting.insert(lot_->waiting.end(), weak_from_this());
    }

    void wake_at(instant due)
    {
        alarm_ = time_of(where_).set_alarm(where_, due, weak_from_this());
    }

    void ring() override { finish(wake_reason::due); }

    /// Resumes the coroutine on its executor; false if something else did. Thread-safe.
    bool finish(wake_reason reason)
    {
        if (!take(1))
            return false;
        resuming const scope{*lot_};
        auto const where = std::move(where_);
        boost::asio::post(where, resumption{shared_from_this(), reason});
        return true;
    }

    /// Destroys the coroutine where it stands; its locals are unwound.
    void abandon()
    {
        if (!take())
            return;
        // What it waits in may live longer than the context.
        auto const where = std::move(where_);
        drop();
    }

    [[nodiscard]] bool finished() const noexcept { return taken_; }
    [[nodiscard]] executor const& where() const noexcept { return where_; }

private:
    /// Lets the context end again. Whoever has resumed a coroutine still uses the context for a
    /// moment, while the coroutine may already have brought about its end.
    class resuming {
    public:
        explicit resuming(parking_lot& in) noexcept : in_{in} {}
        resuming(resuming const&) = delete;
        resuming& operator=(resuming const&) = delete;
        ~resuming()
        {
            if (--in_.resuming == 0)
                in_.resuming.notify_all();
        }

    private:
        parking_lot& in_;
    };

    /// Claims the coroutine; false if somebody else has it.
    [[nodiscard]] bool take(int resumers = 0)
    {
        std::lock_guard const lock{lot_->mutex};
        if (taken_.exchange(true))
            return false;
        lot_->waiting.erase(place_);
        lot_->resuming += resumers;
        return true;
    }

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
        handler dying = std::move(resume_);
        if (dying && until_ != nullptr && until_->keep(dying))
            return;
    }

    handler resume_;
    keeper* until_;
    executor where_;
    std::shared_ptr<parking_lot> lot_;
    parking_lot::list::iterator place_{};
    std::shared_ptr<void> alarm_;
    std::atomic<bool> taken_ = false;
};

inline void parking_service::shutdown()
{
    for (auto const& entry : waiting())
        entry->abandon();
    for (int left = lot_->resuming; left != 0; left = lot_->resuming)
        lot_->resuming.wait(left);
}

} // namespace converge::detail
