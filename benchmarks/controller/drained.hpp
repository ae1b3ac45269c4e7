// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/sample.hpp"

#include <converge/async/task.hpp>
#include <converge/async/wake.hpp>
#include <converge/work/outcome.hpp>

#include <cstddef>

namespace bench {

/// Counts reconciles until there were as many as there are objects.
class drained {
public:
    explicit drained(std::size_t objects) : left_{objects} {}

    void ran()
    {
        if (!began_) {
            began_ = true;
            begin_ = steady::now();
            cpu_begin_ = processor_seconds();
        }
        if (left_ == 0 || --left_ != 0)
            return;
        seconds_ = seconds_since(begin_);
        cpu_ = processor_seconds() - cpu_begin_;
        all_.notify_all();
    }

    converge::task<> wait()
    {
        while (left_ != 0)
            co_await all_.wait();
    }

    /// From the first reconcile on.
    [[nodiscard]] double seconds() const { return seconds_; }
    [[nodiscard]] double processor_time() const { return cpu_; }

private:
    std::size_t left_;
    bool began_ = false;
    steady::time_point begin_;
    double cpu_begin_ = 0;
    double seconds_ = 0;
    double cpu_ = 0;
    converge::wake all_;
};

/// Reconciles by counting.
inline converge::task<converge::outcome> do_nothing(drained& all)
{
    all.ran();
    co_return converge::settled();
}

} // namespace bench
