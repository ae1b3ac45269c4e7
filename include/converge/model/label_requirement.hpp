// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <compare>
#include <map>
#include <string>
#include <vector>

namespace converge {

/// `a=b` is `in` with one value, `a!=b` is `not_in` with one value.
enum class label_operator { in, not_in, exists, does_not_exist };

/// One condition on the labels of an object.
struct label_requirement {
    std::string key{};
    label_operator op = label_operator::exists;
    /// Sorted, without duplicates.
    std::vector<std::string> values{};

    /// An object without the label satisfies `not_in` and `does_not_exist`.
    [[nodiscard]] bool matches(std::map<std::string, std::string> const& labels) const
    {
        auto const label = labels.find(key);
        bool const present = label != labels.end();
        switch (op) {
        case label_operator::in: return present && lists(label->second);
        case label_operator::not_in: return !present || !lists(label->second);
        case label_operator::exists: return present;
        case label_operator::does_not_exist: return !present;
        }
        return false;
    }

    /// `a=b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`.
    [[nodiscard]] std::string str() const
    {
        if (op == label_operator::exists)
            return key;
        if (op == label_operator::does_not_exist)
            return "!" + key;
        bool const in = op == label_operator::in;
        if (values.size() == 1)
            return key + (in ? "=" : "!=") + values.front();
        std::string text = key + (in ? " in (" : " notin (");
        for (auto const& value : values)
            text += (&value == &values.front() ? "" : ",") + value;
        return text + ")";
    }

    auto operator<=>(label_requirement const&) const = default;

private:
    [[nodiscard]] bool lists(std::string const& value) const
    {
        return std::binary_search(values.begin(), values.end(), value);
    }
};

} // namespace converge
