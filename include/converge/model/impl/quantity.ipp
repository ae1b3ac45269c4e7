// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/quantity.hpp>

#include <converge/model/detail/parse_quantity.hpp>
#include <converge/model/detail/print_quantity.hpp>

#include <string>
#include <string_view>

namespace converge {

CONVERGE_DECL result<quantity> quantity::parse(std::string_view text)
{
    auto const parts = detail::parse_quantity(text);
    if (!parts)
        return parts.error();
    return quantity{*parts};
}

CONVERGE_DECL std::string quantity::str() const { return detail::print_quantity(parts_); }

} // namespace converge
