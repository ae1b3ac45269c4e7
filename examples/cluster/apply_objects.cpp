// SPDX-License-Identifier: BSL-1.0
#include "cluster/apply_objects.hpp"

#include "cluster/attempted.hpp"

#include <utility>

namespace cluster {

converge::task<> apply_objects(converge::client api, std::vector<file_object> objects)
{
    for (auto const& each : objects) {
        converge::draft_object body{each.object};
        auto how = converge::write_options{}.as(api.manager());
        auto asked =
            converge::request::write(converge::verb::apply, std::move(body), std::move(how));
        auto const answer = co_await attempted(api.through()->send(std::move(asked)));
        if (answer)
            continue;
        auto refused = answer.error();
        // The place says which object it is.
        refused.object = {};
        throw converge::error{each.from.located(refused)};
    }
}

} // namespace cluster
