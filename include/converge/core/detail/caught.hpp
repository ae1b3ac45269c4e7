// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/failure.hpp>

#include <boost/system/system_error.hpp>

#include <exception>

namespace converge::detail {

/// What the exception in hand says, whatever its type: code the user wrote may throw anything.
/// @pre Called while an exception is being handled.
[[nodiscard]] inline failure caught()
{
    try {
        throw;
    } catch (error const& thrown) {
        return thrown.reason();
    } catch (boost::system::system_error const& thrown) {
        return {thrown.code(), thrown.what()};
    } catch (std::exception const& thrown) {
        return {errc::unavailable, thrown.what()};
    } catch (...) {
        return {errc::unavailable, "it threw what is no std::exception"};
    }
}

} // namespace converge::detail
