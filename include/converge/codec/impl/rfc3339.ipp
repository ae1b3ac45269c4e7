// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/rfc3339.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace converge::detail {

CONVERGE_DECL std::string to_rfc3339(timestamp at)
{
    using namespace std::chrono;
    auto const day = floor<days>(at);
    year_month_day const date{day};
    hh_mm_ss const time{at - day};
    char text[64];
    auto const micros = static_cast<int>(time.subseconds().count());
    auto const size = std::snprintf(
        text, sizeof text,
        micros == 0 ? "%04d-%02u-%02uT%02d:%02d:%02dZ" : "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()), micros);
    return {text, static_cast<std::size_t>(size)};
}

/// Reads fixed-width pieces off the front of a text; any miss makes the whole reading fail.
class piecewise_reader {
public:
    explicit piecewise_reader(std::string_view text) : rest_{text} {}

    int digits(std::size_t count, int min, int max)
    {
        int value = 0;
        for (std::size_t i = 0; i != count; ++i) {
            if (!digit_ahead())
                return fail();
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value < min || value > max ? fail() : value;
    }

    bool accept(char lower, char upper)
    {
        if (rest_.empty() || (rest_.front() != lower && rest_.front() != upper))
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    void expect(char lower, char upper)
    {
        if (!accept(lower, upper))
            fail();
    }

    [[nodiscard]] bool digit_ahead() const
    {
        return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
    }

    int fail()
    {
        failed_ = true;
        return 0;
    }

    [[nodiscard]] bool complete() const { return !failed_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool failed_ = false;
};

/// Up to six digits count as microseconds; further ones are cut off.
inline std::chrono::microseconds read_fraction(piecewise_reader& reader)
{
    int micros = 0;
    int scale = 100'000;
    if (!reader.digit_ahead())
        reader.fail();
    while (reader.digit_ahead()) {
        micros += reader.digits(1, 0, 9) * scale;
        scale /= 10;
    }
    return std::chrono::microseconds{micros};
}

inline std::chrono::minutes read_offset(piecewise_reader& reader)
{
    using namespace std::chrono;
    if (reader.accept('z', 'Z'))
        return minutes{0};
    bool const west = reader.accept('-', '-');
    if (!west)
        reader.expect('+', '+');
    hours const whole{reader.digits(2, 0, 23)};
    reader.expect(':', ':');
    minutes const offset = whole + minutes{reader.digits(2, 0, 59)};
    return west ? -offset : offset;
}

CONVERGE_DECL std::optional<timestamp> from_rfc3339(std::string_view text)
{
    using namespace std::chrono;
    piecewise_reader reader{text};
    year const y{reader.digits(4, 0, 9999)};
    reader.expect('-', '-');
    month const m{static_cast<unsigned>(reader.digits(2, 1, 12))};
    reader.expect('-', '-');
    day const d{static_cast<unsigned>(reader.digits(2, 1, 31))};
    reader.expect('t', 'T');
    hours const h{reader.digits(2, 0, 23)};
    reader.expect(':', ':');
    minutes const min{reader.digits(2, 0, 59)};
    reader.expect(':', ':');
    seconds const s{reader.digits(2, 0, 59)};
    auto const fraction = reader.accept('.', '.') ? read_fraction(reader) : microseconds{0};
    auto const offset = read_offset(reader);
    year_month_day const date{y, m, d};
    if (!reader.complete() || !date.ok())
        return std::nullopt;
    auto const at = timestamp{sys_days{date}} + h + min + s + fraction - offset;
    // Others could not be written again.
    constexpr sys_days first{year{0} / 1 / 1};
    constexpr sys_days end{year{10000} / 1 / 1};
    if (at < first || at >= end)
        return std::nullopt;
    return at;
}

} // namespace converge::detail
