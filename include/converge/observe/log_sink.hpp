// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/log_record.hpp>

namespace converge {

/// Where log records go. Implementations are thread-safe, return quickly, and do not log.
class log_sink {
public:
    log_sink() = default;
    log_sink(log_sink const&) = delete;
    log_sink& operator=(log_sink const&) = delete;
    virtual ~log_sink() = default;

    /// Whether a record of that level would be kept; if not, the caller need not make one.
    [[nodiscard]] virtual bool wants(log_level) const noexcept { return true; }

    virtual void write(log_record const& record) = 0;
};

} // namespace converge
