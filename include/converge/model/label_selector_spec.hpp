// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/describe/class.hpp>

#include <map>
#include <string>
#include <vector>

namespace converge {

/// One `matchExpressions` entry: `operator_` is `In`, `NotIn`, `Exists` or `DoesNotExist`.
struct label_selector_requirement {
    std::string key{};
    std::string operator_{};
    std::vector<std::string> values{};

    friend bool operator==(label_selector_requirement const&,
                           label_selector_requirement const&) = default;
};
BOOST_DESCRIBE_STRUCT(label_selector_requirement, (), (key, operator_, values))

/// A selector as specs carry it. All of it must match; the empty one matches every object.
/// Where "no selector" must match nothing, make the member `optional`. `compile` makes it usable.
struct label_selector_spec {
    std::map<std::string, std::string> match_labels{};
    std::vector<label_selector_requirement> match_expressions{};

    friend bool operator==(label_selector_spec const&, label_selector_spec const&) = default;
};
BOOST_DESCRIBE_STRUCT(label_selector_spec, (), (match_labels, match_expressions))

} // namespace converge
