// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/shield.hpp>

#include <converge/async/nursery.hpp>

#include <exception>

namespace converge {

CONVERGE_DECL task<> shield(task<> body)
{
    auto const where = co_await this_coro::executor;
    nursery one{where};
    one.spawn(std::move(body));
    co_await one.join_shielded();
}

CONVERGE_DECL task<> with_cleanup(task<> body, task<> cleanup)
{
    std::exception_ptr failure;
    try {
        co_await std::move(body);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await this_coro::throw_if_cancelled(false);
    try {
        co_await shield(std::move(cleanup));
    } catch (...) {
        if (!failure)
            failure = std::current_exception();
    }
    co_await this_coro::throw_if_cancelled(true);
    if (failure)
        std::rethrow_exception(failure);
}

} // namespace converge
