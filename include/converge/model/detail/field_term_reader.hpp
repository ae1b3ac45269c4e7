// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/result.hpp>
#include <converge/model/detail/quoted.hpp>
#include <converge/model/field_term.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::detail {

/// Reads the text form of a field selector, once, from left to right.
class field_term_reader {
public:
    explicit field_term_reader(std::string_view text) : text_{text} {}

    [[nodiscard]] result<std::vector<field_term>> read()
    {
        std::vector<field_term> terms;
        if (text_.empty())
            return terms;
        do {
            auto term = read_term();
            if (!term)
                return term.error();
            terms.push_back(std::move(*term));
        } while (take(","));
        if (!at_end())
            return expected("',' or the end; write \\= for a '=' inside of a value");
        return terms;
    }

private:
    result<field_term> read_term()
    {
        auto const end = std::min(text_.find_first_of(" \t\r\n=!,\\", at_), text_.size());
        std::string path{text_.substr(at_, end - at_)};
        if (path.empty())
            return expected("the path of a field");
        at_ = end;

        bool const differs = take("!=");
        if (!differs && !take("==") && !take("="))
            return expected("one of = == !=");
        auto value = read_value();
        if (!value)
            return value.error();
        return field_term{std::move(path),
                          differs ? field_operator::not_equals : field_operator::equals,
                          std::move(*value)};
    }

    result<std::string> read_value()
    {
        std::string value;
        for (; !at_end() && text_[at_] != ',' && text_[at_] != '='; ++at_) {
            if (take("\\") && (at_end() || !is_special(text_[at_])))
                return expected("one of , = \\ after the \\");
            value += text_[at_];
        }
        return value;
    }

    static bool is_special(char c) { return c == ',' || c == '=' || c == '\\'; }

    bool take(std::string_view token)
    {
        if (!text_.substr(at_).starts_with(token))
            return false;
        at_ += token.size();
        return true;
    }

    [[nodiscard]] bool at_end() const { return at_ == text_.size(); }

    [[nodiscard]] failure expected(std::string_view what) const
    {
        auto const found = at_end() ? std::string{"the end"} : quoted(text_.substr(at_, 1));
        return {errc::invalid, "field selector " + quoted(text_) + ", character " +
                                   std::to_string(at_ + 1) + ": found " + found + ", expected " +
                                   std::string{what} +
                                   "; a selector reads as in metadata.name=blog,spec.nodeName!=n1"};
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace converge::detail
