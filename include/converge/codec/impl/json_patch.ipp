// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/json_patch.hpp>

#include <converge/codec/detail/json_patcher.hpp>
#include <converge/codec/detail/shorten.hpp>

#include <boost/json/array.hpp>

#include <cstddef>
#include <string>

namespace converge {

CONVERGE_DECL result<boost::json::value>
json_patch(boost::json::value document, boost::json::value const& patch, json_patch_limits limits)
{
    auto const* const operations = patch.if_array();
    if (operations == nullptr)
        return failure{errc::invalid,
                       "a JSON patch is an array of operations, got " + detail::shown(patch)};
    if (operations->size() > limits.operations_max)
        return failure{errc::too_large, "the JSON patch has " + std::to_string(operations->size()) +
                                            " operations; the limit is " +
                                            std::to_string(limits.operations_max)};
    detail::json_patcher patcher{document, limits.copied_max};
    for (std::size_t i = 0; i != operations->size(); ++i)
        if (auto const wrong = patcher.apply((*operations)[i]))
            return failure{wrong->code, "operation " + std::to_string(i) + ": " + wrong->message}
                .at(wrong->path);
    return document;
}

} // namespace converge
