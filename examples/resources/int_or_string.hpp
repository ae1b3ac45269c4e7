// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/decode_context.hpp>
#include <converge/codec/json_traits.hpp>

#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace cluster {

/// A count, or a string that stands for one: a port's name, or a percentage (`25%`). Zero when
/// default-constructed.
class int_or_string {
public:
    int_or_string() = default;
    int_or_string(int number) : number_{number} {}
    int_or_string(std::string text) : text_{std::move(text)} {}
    int_or_string(char const* text) : text_{text} {}

    [[nodiscard]] static int_or_string percent(int share)
    {
        return int_or_string{std::to_string(share) + "%"};
    }

    [[nodiscard]] bool is_string() const noexcept { return !text_.empty(); }
    [[nodiscard]] bool is_zero() const noexcept { return text_.empty() && number_ == 0; }
    /// Zero if it is a string.
    [[nodiscard]] int number() const noexcept { return number_; }
    /// Empty if it is a number.
    [[nodiscard]] std::string const& text() const noexcept { return text_; }
    [[nodiscard]] std::string str() const { return is_string() ? text_ : std::to_string(number_); }

    enum class rounding { down, up };

    /// The number itself, or the percentage of `whole`; absent for any other string.
    [[nodiscard]] std::optional<int> of(int whole, rounding direction) const
    {
        if (!is_string())
            return number_;
        int share = 0;
        auto const* const end = text_.data() + text_.size();
        auto const read = std::from_chars(text_.data(), end, share);
        if (read.ec != std::errc{} || read.ptr + 1 != end || *read.ptr != '%' || share < 0)
            return std::nullopt;
        auto const hundredfold = std::int64_t{whole} * share;
        return static_cast<int>((hundredfold + (direction == rounding::up ? 99 : 0)) / 100);
    }

    friend bool operator==(int_or_string const&, int_or_string const&) = default;

private:
    int number_ = 0;
    std::string text_;
};

} // namespace cluster

template <>
struct converge::json_traits<cluster::int_or_string> {
    static boost::json::value encode(cluster::int_or_string const& from)
    {
        if (from.is_string())
            return boost::json::string{from.text()};
        return std::int64_t{from.number()};
    }
    static bool is_empty(cluster::int_or_string const& value) { return value.is_zero(); }
    static bool decode(boost::json::value const& from, cluster::int_or_string& to,
                       converge::decode_context& context)
    {
        if (auto const* text = from.if_string()) {
            to = std::string{text->data(), text->size()};
            return true;
        }
        int number = 0;
        bool const decoded = from.is_number() && json_traits<int>::decode(from, number, context);
        to = number;
        return decoded || context.refuse(from, "an integer or a string");
    }
};
