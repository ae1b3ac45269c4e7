// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/failure.hpp>

#include <boost/system/result.hpp>

namespace converge {

/// The outcome of parsing, validating or deciding: a value, or why there is none.
/// `value()` throws `converge::error`.
template <class T>
using result = boost::system::result<T, failure>;

} // namespace converge
