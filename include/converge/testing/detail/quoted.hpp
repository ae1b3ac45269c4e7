// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <string>
#include <string_view>

namespace converge::testing::detail {

/// `text` as a string of JSON.
[[nodiscard]] inline std::string quoted(std::string_view text)
{
    return boost::json::serialize(boost::json::string{text});
}

} // namespace converge::testing::detail
