// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/manager/health_report.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace converge {

CONVERGE_DECL boost::json::value health_report::to_json() const
{
    boost::json::array checks;
    for (auto const& each : checks_) {
        boost::json::object one;
        one["name"] = each.name;
        one["ok"] = each.why.empty();
        if (!each.why.empty())
            one["why"] = each.why;
        checks.push_back(std::move(one));
    }
    boost::json::object whole;
    whole["ok"] = ok_;
    whole["checks"] = std::move(checks);
    return whole;
}

} // namespace converge
