// SPDX-License-Identifier: BSL-1.0

// What g++ 12 miscompiles, each line marked with the rule that must accuse it. The lint must accuse
// the marked lines and no others.

#include "snippets.hpp"

task<int> braced_list()
{
    co_return co_await by_value({"a", 1}); // hazard: awaited-aggregate
}

task<int> braced_temporary()
{
    int const got = co_await by_value(options{"a"}); // hazard: awaited-aggregate
    co_return got;
}

task<int> designated()
{
    int const got = co_await by_value({.name = "a"}); // hazard: awaited-aggregate
    co_return got;
}

task<int> bound_to_reference()
{
    int const got = co_await by_reference(options{"a"}); // hazard: awaited-aggregate
    co_return got;
}

task<int> parenthesised()
{
    int const got = co_await by_value(options("a", 1)); // hazard: awaited-aggregate
    co_return got;
}

task<int> array()
{
    int const got = co_await with_array({"a", "b"}); // hazard: awaited-aggregate
    co_return got;
}

task<int> synchronous_beside()
{
    int const got = co_await with_number(1) + now(options{"a"}); // hazard: awaited-aggregate
    co_return got;
}

task<void> as_a_statement()
{
    co_await by_value(options{"a"}); // hazard: awaited-aggregate
}

task<int> inside_a_loop(std::vector<std::string> names)
{
    int sum = 0;
    for (auto const& name : names)
        sum += co_await by_value(options{name}); // hazard: awaited-aggregate
    co_return sum;
}

template <class T>
task<T> in_a_template(std::string name)
{
    T const got = co_await by_value(options{name}); // hazard: awaited-aggregate
    co_return got;
}

template task<int> in_a_template<int>(std::string);

task<int> owning_closure(std::string name)
{
    int const got = co_await with_any([name] { return name; }); // hazard: awaited-closure
    co_return got;
}

task<int> owning_closure_erased(std::shared_ptr<int> shared)
{
    int const got = co_await with_callback([shared] {}); // hazard: awaited-closure
    co_return got;
}

task<int> everything_captured(std::string name)
{
    int const got = co_await with_any([=] { return name.size(); }); // hazard: awaited-closure
    co_return got;
}

task<point> returned_from_braces()
{
    co_return point{co_await with_number(1), 2}; // hazard: await-in-braces
}

task<int> declared_from_braces()
{
    point const where{1, co_await with_number(2)}; // hazard: await-in-braces
    co_return where.x;
}

task<int> argument_in_braces()
{
    auto pending = with_point({co_await with_number(1), 2}); // hazard: await-in-braces
    int const got = co_await std::move(pending);
    co_return got;
}

task<int> conditional_temporary(bool first)
{
    int const got = co_await with_text(first ? std::string{"a"} : std::string{"b"}); // hazard: awaited-conditional
    co_return got;
}

task<int> conditional_constructed(bool first)
{
    int const got = co_await with_constructed( // the accusation points at the next line
        first ? constructed{"a"} : constructed{"b"}); // hazard: awaited-conditional
    co_return got;
}

task<void> tested()
{
    if (co_await ready()) // hazard: await-in-condition
        co_return;
}

task<void> tested_negated()
{
    if (!co_await ready()) // hazard: await-in-condition
        co_return;
}

task<void> tested_otherwise()
{
    if (bool const first = true; first)
        co_return;
    else if (co_await with_number(1) > 0) // hazard: await-in-condition
        co_return;
}

task<void> switched()
{
    switch (co_await with_number(1)) { // hazard: await-in-condition
    case 1: break;
    default: co_return;
    }
}

template <class T>
task<T> tested_in_a_template()
{
    if (co_await with_number(1) == 1) // hazard: await-in-condition
        co_return T{};
    co_return T{};
}

template <class T>
task<T> tested_dependent(task<T> inner)
{
    if (co_await inner) // hazard: await-in-condition
        co_return T{};
    co_return T{};
}

task<void> unsafe_in_coroutine_closure()
{
    auto pending = with_task([](int number) -> task<int> {
        int const got = co_await with_number(number) + now(options{"c"}); // hazard: awaited-aggregate
        if (co_await ready()) // hazard: await-in-condition
            co_return got;
        co_return number;
    }(1));
    co_await std::move(pending);
}
