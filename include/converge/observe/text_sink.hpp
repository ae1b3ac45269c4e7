// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/rfc3339.hpp>
#include <converge/observe/detail/logfmt.hpp>
#include <converge/observe/log_sink.hpp>

#include <cstdint>
#include <mutex>
#include <ostream>
#include <string>

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

    void write(log_record const& record) override
    {
        std::string line;
        if (record.time)
            detail::append_logfmt(line, "time", detail::to_rfc3339(*record.time));
        auto const number_at = line.size();
        detail::append_logfmt(line, "level", to_string(record.level));
        if (!record.component.empty())
            detail::append_logfmt(line, "component", record.component);
        if (record.object != object_ref{})
            detail::append_logfmt(line, "object", to_string(record.object));
        detail::append_logfmt(line, "msg", record.message);
        for (auto const& field : record.fields)
            detail::append_logfmt(line, field.key(), field.value());
        line.back() = '\n';

        std::lock_guard const lock{mutex_};
        line.insert(number_at, "seq=" + std::to_string(++written_) + " ");
        out_ << line;
        if (record.level >= log_level::warn)
            out_.flush();
    }

private:
    std::mutex mutex_;
    std::ostream& out_;
    std::uint64_t written_ = 0;
};

} // namespace converge
