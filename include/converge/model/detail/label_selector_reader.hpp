// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/result.hpp>
#include <converge/model/detail/quoted.hpp>
#include <converge/model/label_requirement.hpp>
#include <converge/model/label_selector_spec.hpp>
#include <converge/model/names.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::detail {

/// Reads the text form of a label selector, once, from left to right.
class label_selector_reader {
public:
    explicit label_selector_reader(std::string_view text) : text_{text} {}

    [[nodiscard]] result<std::vector<label_requirement>> read()
    {
        std::vector<label_requirement> requirements;
        skip_spaces();
        if (at_end())
            return requirements;
        do {
            auto requirement = read_requirement();
            if (!requirement)
                return requirement.error();
            requirements.push_back(std::move(*requirement));
        } while (take(","));
        if (!at_end())
            return expected("',' or the end");
        return requirements;
    }

private:
    result<label_requirement> read_requirement()
    {
        bool const negated = take("!");
        auto key = read_word("a label key", &check_qualified_name);
        if (!key)
            return key.error();
        if (negated)
            return label_requirement{std::move(*key), label_operator::does_not_exist, {}};
        if (at_end() || text_[at_] == ',')
            return label_requirement{std::move(*key), label_operator::exists, {}};
        if (take("!="))
            return read_comparison(std::move(*key), label_operator::not_in);
        if (take("==") || take("="))
            return read_comparison(std::move(*key), label_operator::in);
        if (take_word("in"))
            return read_set(std::move(*key), label_operator::in);
        if (take_word("notin"))
            return read_set(std::move(*key), label_operator::not_in);
        return expected("one of = == != in notin ','");
    }

    result<label_requirement> read_comparison(std::string key, label_operator op)
    {
        auto value = read_word("a label value", &check_label_value);
        if (!value)
            return value.error();
        return label_requirement{std::move(key), op, {std::move(*value)}};
    }

    result<label_requirement> read_set(std::string key, label_operator op)
    {
        if (!take("("))
            return expected("'('");
        if (!at_end() && text_[at_] == ')')
            return expected("at least one value");
        std::vector<std::string> values;
        do {
            auto value = read_word("a label value", &check_label_value);
            if (!value)
                return value.error();
            values.push_back(std::move(*value));
        } while (take(","));
        if (!take(")"))
            return expected("',' or ')'");
        return label_requirement{std::move(key), op, std::move(values)};
    }

    result<std::string> read_word(std::string_view what,
                                  result<void> (*check)(std::string_view value))
    {
        auto const start = at_;
        auto const word = peek_word();
        if (auto const checked = check(word); !checked)
            return word.empty() ? expected(what) : fail(start, checked.error().message);
        at_ += word.size();
        skip_spaces();
        return std::string{word};
    }

    [[nodiscard]] std::string_view peek_word() const
    {
        auto const end = std::min(text_.find_first_of(" \t\r\n=!(),<>", at_), text_.size());
        return text_.substr(at_, end - at_);
    }

    bool take_word(std::string_view word) { return peek_word() == word && take(word); }

    bool take(std::string_view token)
    {
        if (!text_.substr(at_).starts_with(token))
            return false;
        at_ += token.size();
        skip_spaces();
        return true;
    }

    void skip_spaces() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

    [[nodiscard]] bool at_end() const { return at_ == text_.size(); }

    [[nodiscard]] failure expected(std::string_view what) const
    {
        auto const found = at_end() ? std::string{"the end"} : quoted(text_.substr(at_, 1));
        return fail(at_, "found " + found + ", expected " + std::string{what});
    }

    [[nodiscard]] failure fail(std::size_t position, std::string const& why) const
    {
        return {errc::invalid, "label selector " + quoted(text_) + ", character " +
                                   std::to_string(position + 1) + ": " + why +
                                   "; a selector reads as in app=web,tier in (a,b),!legacy"};
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// Errors carry the path of the member within `from`.
[[nodiscard]] inline result<label_requirement>
to_requirement(label_selector_requirement const& from)
{
    if (auto const named = check_qualified_name(from.key); !named)
        return failure{named.error()}.at("key");

    label_requirement made{from.key, label_operator::in, from.values};
    if (from.operator_ == "NotIn")
        made.op = label_operator::not_in;
    else if (from.operator_ == "Exists")
        made.op = label_operator::exists;
    else if (from.operator_ == "DoesNotExist")
        made.op = label_operator::does_not_exist;
    else if (from.operator_ != "In")
        return failure{errc::invalid, detail::quoted(from.operator_) +
                                          " is not an operator: use In, NotIn, Exists or "
                                          "DoesNotExist"}
            .at("operator");

    bool const compares = made.op == label_operator::in || made.op == label_operator::not_in;
    if (compares == from.values.empty())
        return failure{errc::invalid, "operator " + from.operator_ +
                                          (compares ? " needs at least one value, as in [\"web\"]"
                                                    : " takes no values: remove them")}
            .at("values");
    for (std::size_t i = 0; i < from.values.size(); ++i)
        if (auto const valued = check_label_value(from.values[i]); !valued)
            return failure{valued.error()}.at("values[" + std::to_string(i) + "]");
    return made;
}

} // namespace converge::detail
