// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/detail/lent_informer.hpp>

namespace converge::detail {

/// What a loan and its task know of each other.
struct lent_informer::progress {
    std::function<void()> interrupt{};
    bool running = false;
    bool over = false;
};

/// From the first step of the task to its end, however it ends.
class lent_informer::course {
public:
    explicit course(progress& of) : of_{of} { of_.running = true; }
    course(course const&) = delete;
    course& operator=(course const&) = delete;
    ~course() { of_.running = false; }

private:
    progress& of_;
};

CONVERGE_DECL lent_informer::lent_informer(std::shared_ptr<informer> of, task_starter const& start)
    : of_{std::move(of)},
      how_{std::make_shared<progress>()}
{
    how_->interrupt = start(run(of_, how_));
}

CONVERGE_DECL lent_informer::~lent_informer()
{
    how_->over = true;
    if (how_->running)
        how_->interrupt();
    of_->retire();
}

CONVERGE_DECL task<> lent_informer::run(std::shared_ptr<informer> of, std::shared_ptr<progress> how)
{
    // Given back before it began.
    if (how->over)
        co_return;
    course const scope{*how};
    co_await of->run();
}

} // namespace converge::detail
