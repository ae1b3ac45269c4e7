// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/object_ref.hpp>
#include <converge/core/time.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

/// How much a person should care, in rising order.
enum class log_level {
    /// Why something was decided; conflicts and retries that are part of normal work.
    debug,
    /// What happened.
    info,
    /// Something is off that the program can live with.
    warn,
    /// Something failed that someone must look at.
    error,
};

[[nodiscard]] CONVERGE_DECL std::string_view to_string(log_level level) noexcept;

namespace detail {

/// The shortest text that reads back as the same number.
[[nodiscard]] CONVERGE_DECL std::string number_text(std::int64_t value);
[[nodiscard]] CONVERGE_DECL std::string number_text(std::uint64_t value);
[[nodiscard]] CONVERGE_DECL std::string number_text(float value);
[[nodiscard]] CONVERGE_DECL std::string number_text(double value);
[[nodiscard]] CONVERGE_DECL std::string number_text(long double value);

template <class Number>
[[nodiscard]] auto widened(Number value)
{
    if constexpr (std::floating_point<Number>)
        return value;
    else if constexpr (std::signed_integral<Number>)
        return static_cast<std::int64_t>(value);
    else
        return static_cast<std::uint64_t>(value);
}

} // namespace detail

/// One named value of a log record, kept as text. Numbers are printed so that reading them gives
/// the same number, durations in seconds (`0.005s`).
class log_field {
public:
    log_field(std::string key, std::string value) : key_{std::move(key)}, value_{std::move(value)}
    {}
    log_field(std::string key, std::string_view value)
        : log_field{std::move(key), std::string{value}}
    {}
    log_field(std::string key, char const* value) : log_field{std::move(key), std::string{value}} {}
    log_field(std::string key, bool value) : log_field{std::move(key), value ? "true" : "false"} {}
    template <class Number>
        requires(std::integral<Number> || std::floating_point<Number>)
    log_field(std::string key, Number value)
        : log_field{std::move(key), detail::number_text(detail::widened(value))}
    {}
    template <class Rep, class Period>
    log_field(std::string key, std::chrono::duration<Rep, Period> value)
        : log_field{std::move(key),
                    detail::number_text(std::chrono::duration<double>{value}.count()) + "s"}
    {}

    [[nodiscard]] std::string const& key() const noexcept { return key_; }
    [[nodiscard]] std::string const& value() const noexcept { return value_; }

    friend bool operator==(log_field const&, log_field const&) = default;

private:
    std::string key_;
    std::string value_;
};

/// One thing worth telling. `message` is constant text; whatever varies is a field, so that
/// records can be grouped. Empty parts are not printed.
struct log_record {
    log_level level = log_level::info;
    std::string message{};
    /// The part of the program that speaks, as in `controller/webs`.
    std::string component{};
    object_ref object{};
    std::vector<log_field> fields{};
    /// When it happened, if the caller knows: logging itself reads no clock.
    std::optional<timestamp> time{};

    log_record() = default;
    log_record(log_level severity, std::string text, std::vector<log_field> values = {})
        : level{severity},
          message{std::move(text)},
          fields{std::move(values)}
    {}
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/observe/impl/log_record.ipp>
#endif
