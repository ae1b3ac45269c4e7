// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/logger.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

struct logger::presets {
    std::shared_ptr<log_sink> sink;
    log_record context{};

    explicit presets(std::shared_ptr<log_sink> to) : sink{std::move(to)} {}
};

template <class Change>
logger logger::changed(Change change) const
{
    if (!presets_)
        return {};
    auto copy = std::make_shared<presets>(*presets_);
    change(*copy);
    logger result;
    result.presets_ = std::move(copy);
    return result;
}

CONVERGE_DECL logger::logger(std::shared_ptr<log_sink> sink)
{
    if (sink)
        presets_ = std::make_shared<presets const>(std::move(sink));
}

CONVERGE_DECL bool logger::wants(log_level level) const noexcept
{
    return presets_ && presets_->sink->wants(level);
}

CONVERGE_DECL logger logger::in(std::string_view name) const
{
    return changed([&](presets& to) {
        to.context.component += to.context.component.empty() ? "" : "/";
        to.context.component += name;
    });
}

CONVERGE_DECL logger logger::about(object_ref const& object) const
{
    return changed([&](presets& to) { to.context.object = object; });
}

CONVERGE_DECL logger logger::with(log_field field) const
{
    return changed([&](presets& to) { to.context.fields.push_back(std::move(field)); });
}

CONVERGE_DECL void logger::write(log_record record) const
{
    if (!wants(record.level))
        return;
    auto const& context = presets_->context;
    if (record.component.empty())
        record.component = context.component;
    if (record.object == object_ref{})
        record.object = context.object;
    record.fields.insert(record.fields.begin(), context.fields.begin(), context.fields.end());
    presets_->sink->write(record);
}

CONVERGE_DECL void logger::write_at(log_level level, std::string_view message,
                                    std::vector<log_field> fields) const
{
    if (wants(level))
        write(log_record{level, std::string{message}, std::move(fields)});
}

} // namespace converge
