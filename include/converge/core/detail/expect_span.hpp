// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/failure.hpp>
#include <converge/core/time.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace converge::detail {

/// @throws errc::invalid, at `option`, if `given` is not above zero.
/// @param remedy what else to say instead
inline void expect_above_zero(char const* option, duration given, char const* remedy)
{
    if (given > duration::zero())
        return;
    auto const seconds = std::chrono::duration<double>(given).count();
    failure wrong{errc::invalid, std::to_string(seconds) + " s is not above zero; " + remedy};
    throw error{std::move(wrong).at(option)};
}

} // namespace converge::detail
