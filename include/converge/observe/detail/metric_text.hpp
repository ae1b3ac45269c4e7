// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <string>
#include <string_view>

namespace converge::detail {

/// A number as the Prometheus text format has it; the shortest text that reads back the same.
[[nodiscard]] CONVERGE_DECL std::string metric_number(double value);

CONVERGE_DECL void append_escaped(std::string& text, std::string_view value, bool quotes);

/// Letters, digits and `_`, not beginning with a digit; metric names may also have `:`.
[[nodiscard]] CONVERGE_DECL bool is_metric_word(std::string_view name, bool colons) noexcept;

/// `{a="1",b="2"}` of two texts `a="1"` and `b="2"`, either of which may be empty.
[[nodiscard]] CONVERGE_DECL std::string braced(std::string_view first,
                                               std::string_view second = {});

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/observe/impl/metric_text.ipp>
#endif
