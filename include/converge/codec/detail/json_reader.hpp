// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/json_path.hpp>
#include <converge/codec/detail/utf8.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace converge::detail {

/// Reads one JSON text (RFC 8259).
///
/// Our own, because a store has to read back exactly what it wrote: the parser of Boost.JSON
/// 1.81 rounds one double in seven wrongly, and drops all but the last of duplicate members
/// without a word.
class json_reader {
public:
    json_reader(std::string_view text, std::size_t depth_max, bool unique_members)
        : text_{text},
          depth_left_{depth_max},
          unique_members_{unique_members}
    {}

    /// False when the text is refused; then the functions below say why and where.
    bool read(boost::json::value& into)
    {
        return read_value(into) &&
               (next() == '\0' && at_ == text_.size() ? true
                                                      : refuse("expected the end of the text"));
    }

    [[nodiscard]] std::string const& reason() const noexcept { return reason_; }
    [[nodiscard]] std::string const& path() const noexcept { return reason_path_; }
    [[nodiscard]] std::size_t offset() const noexcept { return at_; }

private:
    bool refuse(std::string reason)
    {
        reason_ = std::move(reason);
        reason_path_ = path_.str();
        return false;
    }

    /// The first character after white space, not consumed; NUL at the end of the text.
    char next()
    {
        while (at_ != text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' ||
                                       text_[at_] == '\t' || text_[at_] == '\r'))
            ++at_;
        return peek();
    }

    [[nodiscard]] char peek() const { return at_ == text_.size() ? '\0' : text_[at_]; }

    bool accept(char c)
    {
        if (next() != c || at_ == text_.size())
            return false;
        ++at_;
        return true;
    }

    bool read_value(boost::json::value& into)
    {
        switch (next()) {
        case '{': return nested(&json_reader::read_object, into);
        case '[': return nested(&json_reader::read_array, into);
        case '"':
            if (!read_string(scratch_))
                return false;
            into.emplace_string() = scratch_;
            return true;
        case 't': return read_word("true", true, into);
        case 'f': return read_word("false", false, into);
        case 'n': return read_word("null", nullptr, into);
        default: return read_number(into);
        }
    }

    bool nested(bool (json_reader::*read_inside)(boost::json::value&), boost::json::value& into)
    {
        if (depth_left_ == 0)
            return refuse("nested too deeply");
        --depth_left_;
        ++at_;
        bool const done = (this->*read_inside)(into);
        ++depth_left_;
        return done;
    }

    bool read_object(boost::json::value& into)
    {
        auto& object = into.emplace_object();
        if (accept('}'))
            return true;
        do {
            if (!read_member(object))
                return false;
        } while (accept(','));
        return accept('}') || refuse("expected ',' or '}' after a member");
    }

    bool read_member(boost::json::object& object)
    {
        auto const name_at = (next(), at_);
        if (peek() != '"')
            return refuse("expected a member name in double quotes");
        if (!read_string(scratch_))
            return false;
        auto const [member, fresh] = object.emplace(scratch_, nullptr);
        path_.enter_member({member->key().data(), member->key().size()});
        if (!fresh && unique_members_) {
            at_ = name_at;
            return refuse("duplicate member \"" + scratch_ + '"');
        }
        if (!accept(':'))
            return refuse("expected ':' after a member name");
        if (!read_value(member->value()))
            return false;
        path_.leave();
        return true;
    }

    bool read_array(boost::json::value& into)
    {
        auto& array = into.emplace_array();
        if (accept(']'))
            return true;
        do {
            path_.enter_element(array.size());
            if (!read_value(array.emplace_back(nullptr)))
                return false;
            path_.leave();
        } while (accept(','));
        return accept(']') || refuse("expected ',' or ']' after an element");
    }

    template <class Value>
    bool read_word(std::string_view word, Value value, boost::json::value& into)
    {
        if (!text_.substr(at_).starts_with(word))
            return refuse("expected a value");
        at_ += word.size();
        into = value;
        return true;
    }

    std::size_t skip_digits()
    {
        auto const start = at_;
        while (peek() >= '0' && peek() <= '9')
            ++at_;
        return at_ - start;
    }

    /// Consumes what the grammar calls a number. @returns whether it has the form of an
    /// integer; nothing if it is no number.
    std::optional<bool> skip_number()
    {
        at_ += peek() == '-' ? 1 : 0;
        bool const leading_zero = peek() == '0';
        auto const digits = skip_digits();
        if (digits == 0 || (leading_zero && digits > 1))
            return std::nullopt;
        bool integer = true;
        if (peek() == '.') {
            integer = false;
            ++at_;
            if (skip_digits() == 0)
                return std::nullopt;
        }
        if (peek() == 'e' || peek() == 'E') {
            integer = false;
            ++at_;
            at_ += peek() == '+' || peek() == '-' ? 1 : 0;
            if (skip_digits() == 0)
                return std::nullopt;
        }
        return integer;
    }

    template <class Number>
    static std::optional<Number> number_of(std::string_view text)
    {
        Number number{};
        auto const end = text.data() + text.size();
        auto const read = std::from_chars(text.data(), end, number);
        return read.ec == std::errc{} && read.ptr == end ? std::optional{number} : std::nullopt;
    }

    bool read_number(boost::json::value& into)
    {
        auto const start = at_;
        auto const integer = skip_number();
        auto const token = text_.substr(start, at_ - start);
        if (!integer) {
            at_ = start;
            return refuse("expected a value");
        }
        if (*integer) {
            if (auto const small = number_of<std::int64_t>(token)) {
                into = *small;
                return true;
            }
            if (auto const large = number_of<std::uint64_t>(token)) {
                into = *large;
                return true;
            }
        }
        auto const real = number_of<double>(token);
        if (!real || !std::isfinite(*real)) {
            at_ = start;
            return refuse("number out of range");
        }
        into = *real;
        return true;
    }

    bool read_string(std::string& into)
    {
        into.clear();
        ++at_;
        while (at_ != text_.size()) {
            append_plain(into);
            auto const c = static_cast<unsigned char>(peek());
            if (c == '"') {
                ++at_;
                return true;
            }
            if (c == '\\') {
                if (!read_escape(into))
                    return false;
                continue;
            }
            if (at_ == text_.size())
                break;
            auto const length = utf8_length(text_.substr(at_, 4));
            if (c < 0x20 || length == 0)
                return refuse(c < 0x20 ? "control character in a string" : "invalid UTF-8");
            into.append(text_, at_, length);
            at_ += length;
        }
        return refuse("string without an end");
    }

    /// Takes the characters that stand for themselves and are one byte long.
    void append_plain(std::string& into)
    {
        auto const start = at_;
        while (at_ != text_.size() && is_plain(static_cast<unsigned char>(text_[at_])))
            ++at_;
        into.append(text_, start, at_ - start);
    }

    static bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

    bool read_escape(std::string& into)
    {
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        ++at_;
        auto const letter = at_ == text_.size() ? letters.npos : letters.find(text_[at_]);
        if (letter != letters.npos) {
            into += meanings[letter];
            ++at_;
            return true;
        }
        auto code = read_unicode_escape();
        if (code && *code >= 0xD800 && *code <= 0xDBFF && peek() == '\\') {
            ++at_;
            auto const low = read_unicode_escape();
            code = low && *low >= 0xDC00 && *low <= 0xDFFF
                       ? std::optional{0x10000 + (*code - 0xD800) * 0x400 + (*low - 0xDC00)}
                       : std::nullopt;
        }
        if (!code || (*code >= 0xD800 && *code <= 0xDFFF))
            return refuse("invalid escape in a string");
        append_utf8(into, *code);
        return true;
    }

    /// Reads `u` and four hexadecimal digits.
    std::optional<unsigned> read_unicode_escape()
    {
        if (peek() != 'u' || text_.size() - at_ < 5)
            return std::nullopt;
        auto const digits = text_.substr(at_ + 1, 4);
        unsigned code = 0;
        auto const end = digits.data() + digits.size();
        auto const read = std::from_chars(digits.data(), end, code, 16);
        if (read.ec != std::errc{} || read.ptr != end)
            return std::nullopt;
        at_ += 5;
        return code;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t depth_left_;
    bool unique_members_;
    std::string scratch_;
    json_path path_;
    std::string reason_;
    std::string reason_path_;
};

} // namespace converge::detail
