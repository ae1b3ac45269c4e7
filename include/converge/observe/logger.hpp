// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
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
    CONVERGE_DECL explicit logger(std::shared_ptr<log_sink> sink);

    /// Whether a record of that level goes anywhere: ask before computing costly fields.
    [[nodiscard]] CONVERGE_DECL bool wants(log_level level) const noexcept;

    /// This logger, speaking for the part `name` of its component (`a`, then `a/b`).
    [[nodiscard]] CONVERGE_DECL logger in(std::string_view name) const;

    /// This logger, speaking about `object`.
    [[nodiscard]] CONVERGE_DECL logger about(object_ref const& object) const;

    /// This logger, adding the field to each record, before those given with it.
    template <class Value>
    [[nodiscard]] logger with(std::string_view key, Value const& value) const
    {
        return with(log_field{std::string{key}, value});
    }

    /// Writes `record`, completed by what is preset.
    CONVERGE_DECL void write(log_record record) const;

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
    struct presets;

    [[nodiscard]] CONVERGE_DECL logger with(log_field field) const;

    template <class Change>
    [[nodiscard]] logger changed(Change change) const;

    CONVERGE_DECL void write_at(log_level level, std::string_view message,
                                std::vector<log_field> fields) const;

    std::shared_ptr<presets const> presets_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/observe/impl/logger.ipp>
#endif
