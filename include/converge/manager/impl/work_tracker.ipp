// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/manager/detail/work_tracker.hpp>

#include <utility>

namespace converge::detail {

[[nodiscard]] CONVERGE_DECL task<outcome> noted(work_tracker& in, work_tracker::run one,
                                                task<outcome> body)
{
    one.began = co_await now();
    work_tracker::entry const here{in, std::move(one)};
    co_return co_await std::move(body);
}

CONVERGE_DECL void work_tracker::follow(controller_spec& spec)
{
    spec.reconcile = [this, name = spec.name, limit = spec.time_limit,
                      call = std::move(spec.reconcile)](client api, any_object const& of,
                                                        informer_set& caches) {
        run one{name, of.ref(), {}, limit};
        return noted(*this, std::move(one), call(std::move(api), of, caches));
    };
}

} // namespace converge::detail
