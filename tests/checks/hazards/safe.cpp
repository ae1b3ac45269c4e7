// SPDX-License-Identifier: BSL-1.0

// Forms that look like those of accused.cpp and are safe: the lint must accuse none of them.

#include "snippets.hpp"

task<void> safe(std::string name, bool first)
{
    options named{"a"};
    co_await by_value(std::move(named));
    co_await by_value(make_options());
    co_await with_constructed(constructed{"a"});
    co_await with_text(std::string{"a"});
    co_await with_text(name + "a");
    co_await with_text(std::string(3, 'a'));
    co_await by_pair({"a", 1});
    co_await with_point({1, 2});
    co_await with_point(point{1, 2});
    co_await with_number(co_await with_number(1));
    co_await with_callback([&name] { name.clear(); });
    co_await with_any([first] { return first; });

    auto pending = by_value(options{"a"});
    co_await std::move(pending);

    bool const yes = co_await ready();
    if (yes)
        co_return;
    if (auto const count = co_await with_number(1))
        co_return;
    if (int const count = co_await with_number(1); count > 1)
        co_return;
    while (co_await ready())
        co_return;
    do {
        name.clear();
    } while (co_await ready());

    int const number{co_await with_number(1)};
    std::string const copy{co_await text()};
    options const chosen{co_await choose()};
    auto const either = first ? co_await text() : co_await text();
    for (int const each : to_list({number, 1}))
        co_await with_number(each);
    auto const local = [] { return options{"a"}; };
    co_await by_value(local());
    co_await with_callback([] { now(options{"a"}); });
}

task<void> safe_in_coroutine_closure()
{
    auto const closure = [](options chosen) -> task<int> {
        options const other{"b", 2};
        now(options{"c"});
        int const got = co_await by_value(chosen);
        co_return got;
    };
    auto pending = closure(options{"a"});
    co_await std::move(pending);
    co_await with_task([](int number) -> task<int> {
        now(options{"c"});
        int const got = co_await with_number(number);
        co_return got;
    }(1));
}
