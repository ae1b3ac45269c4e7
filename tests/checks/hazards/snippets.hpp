// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <coroutine>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Just enough of a coroutine type for the snippets to be read; nothing here is ever run.
template <class T>
struct task {
    struct promise_type {
        task get_return_object();
        std::suspend_always initial_suspend() noexcept;
        std::suspend_always final_suspend() noexcept;
        void unhandled_exception();
        void return_value(T value);
    };

    bool await_ready() const;
    void await_suspend(std::coroutine_handle<>);
    T await_resume();
};

template <>
struct task<void> {
    struct promise_type {
        task get_return_object();
        std::suspend_always initial_suspend() noexcept;
        std::suspend_always final_suspend() noexcept;
        void unhandled_exception();
        void return_void();
    };

    bool await_ready() const;
    void await_suspend(std::coroutine_handle<>);
    void await_resume();
};

struct options {
    std::string name;
    int count = 0;
};

struct point {
    int x;
    int y;
};

struct constructed {
    explicit constructed(std::string text);
    std::string name;
};

task<int> by_value(options chosen);
task<int> by_reference(options const& chosen);
task<int> by_pair(std::pair<std::string, int> pair);
task<int> with_array(std::array<std::string, 2> names);
task<int> with_callback(std::function<void()> callback);
task<int> with_constructed(constructed value);
task<int> with_text(std::string text);
task<int> with_point(point where);
task<int> with_number(int number);
task<int> with_task(task<int> inner);
task<std::string> text();
task<options> choose();
task<bool> ready();
int now(options chosen);
options make_options();
std::vector<int> to_list(point where);

template <class Callback>
task<int> with_any(Callback)
{
    co_return 0;
}
