// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/counter.hpp>

#include <converge/observe/detail/metric_text.hpp>

#include <atomic>
#include <string>
#include <string_view>

namespace converge::detail {

CONVERGE_DECL void counter_cell::append(std::string& text, std::string_view name,
                                        std::string_view labels) const
{
    text.append(name).append(braced(labels)).append(" ");
    text.append(std::to_string(value.load(std::memory_order_relaxed))).append("\n");
}

} // namespace converge::detail
