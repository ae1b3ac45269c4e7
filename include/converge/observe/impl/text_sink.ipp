// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/text_sink.hpp>

#include <converge/codec/detail/rfc3339.hpp>
#include <converge/observe/detail/logfmt.hpp>

#include <mutex>
#include <ostream>
#include <string>

namespace converge {

CONVERGE_DECL void text_sink::write(log_record const& record)
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

} // namespace converge
