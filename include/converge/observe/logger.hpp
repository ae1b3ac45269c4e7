// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/log_record.hpp>
#include <converge/observe/log_sink.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

/// Speaks to a `log_sink` in the name of a component, about an object, with preset fields. A value
/// that is cheap to copy; one that is default-constructed says nothing.
///
/// @par Threads  Any number of threads may use one logger, as far as its sink is thread-safe.
/// @par Example
/// @code
/// auto const log = logger{sink}.in("controller").about(ref).with("worker", 2);
/// log.info("reconciled", {{"took", 5ms}});
/// @endcode
class logger {
public:
    logger() = default;
    explicit logger(std::shared_ptr<log_sink> sink)
    {
        if (sink)
            presets_ = std::make_shared<presets const>(std::move(sink));
    }

    /// Whether a record of that level goes anywhere: ask before computing costly fields.
    [[nodiscard]] bool wants(log_level level) const noexcept
    {
        return presets_ && presets_->sink->wants(level);
    }

    /// This logger, speaking for the part `name` of its component (`a`, then `a/b`).
    [[nodiscard]] logger in(std::string_view name) const
    {
        return changed([&](presets& to) {
            to.context.component += to.context.component.empty() ? "" : "/";
            to.context.component += name;
        });
    }

    /// This logger, speaking about `object`.
    [[nodiscard]] logger about(object_ref const& object) const
    {
        return changed([&](presets& to) { to.context.object = object; });
    }

    /// This logger, adding the field to each record, before those given with it.
    template <class Value>
    [[nodiscard]] logger with(std::string_view key, Value const& value) const
    {
        return changed(
            [&](presets& to) { to.context.fields.emplace_back(std::string{key}, value); });
    }

    /// Writes `record`, completed by what is preset.
    void write(log_record record) const
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

    void debug(std::string_view message, std::vector<log_field> fields = {}) const
    {
        write_at(log_level::debug, message, std::move(fields));
    }
    void info(std::string_view message, std::vector<log_field> fields = {}) const
    {
        write_at(log_level::info, message, std::move(fields));
    }
    void warn(std::string_view message, std::vector<log_field> fields = {}) const
    {
        write_at(log_level::warn, message, std::move(fields));
    }
    void error(std::string_view message, std::vector<log_field> fields = {}) const
    {
        write_at(log_level::error, message, std::move(fields));
    }

private:
    struct presets {
        std::shared_ptr<log_sink> sink;
        log_record context{};

        explicit presets(std::shared_ptr<log_sink> to) : sink{std::move(to)} {}
    };

    template <class Change>
    [[nodiscard]] logger changed(Change change) const
    {
        if (!presets_)
            return {};
        auto copy = std::make_shared<presets>(*presets_);
        change(*copy);
        logger result;
        result.presets_ = std::move(copy);
        return result;
    }

    void write_at(log_level level, std::string_view message, std::vector<log_field> fields) const
    {
        if (wants(level))
            write(log_record{level, std::string{message}, std::move(fields)});
    }

    std::shared_ptr<presets const> presets_;
};

} // namespace converge
