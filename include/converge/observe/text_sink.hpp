// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/observe/log_sink.hpp>

#include <cstdint>
#include <iosfwd>
#include <mutex>

namespace converge {

/// Writes each record as one line of `key=value` pairs (logfmt), in a fixed order:
/// `[time=…] seq=1 level=info [component=…] [object="Web default/blog"] msg=… fields…`.
///
/// `seq` counts the records of this sink, so that a gap shows a lost line. Values with spaces,
/// quotes or control characters are quoted and escaped: a record is always exactly one line.
/// @pre The stream outlives the sink. @par Threads  Safe; lines do not mix.
class text_sink : public log_sink {
public:
    explicit text_sink(std::ostream& out) : out_{out} {}

    CONVERGE_DECL void write(log_record const& record) override;

private:
    std::mutex mutex_;
    std::ostream& out_;
    std::uint64_t written_ = 0;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/observe/impl/text_sink.ipp>
#endif
