// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/model/label_requirement.hpp>

#include <algorithm>
#include <map>
#include <string>

namespace converge {

CONVERGE_DECL bool
label_requirement::matches(std::map<std::string, std::string> const& labels) const
{
    auto const label = labels.find(key);
    bool const present = label != labels.end();
    bool const listed = present && std::binary_search(values.begin(), values.end(), label->second);
    switch (op) {
    case label_operator::in: return listed;
    case label_operator::not_in: return !listed;
    case label_operator::exists: return present;
    case label_operator::does_not_exist: return !present;
    }
    return false;
}

CONVERGE_DECL std::string label_requirement::str() const
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

} // namespace converge
