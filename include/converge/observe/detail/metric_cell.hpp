// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

namespace converge::detail {

/// One series: where handles count and the registry reads. Shared, so that a handle stays good
/// even if the registry is gone.
class metric_cell {
public:
    metric_cell() = default;
    metric_cell(metric_cell const&) = delete;
    metric_cell& operator=(metric_cell const&) = delete;
    virtual ~metric_cell() = default;

    /// Appends the lines of the series `name{labels}`.
    virtual void append(std::string& text, std::string_view name,
                        std::string_view labels) const = 0;
};

} // namespace converge::detail
