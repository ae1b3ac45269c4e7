// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/fault_plan.hpp>

#include <converge/codec/detail/shorten.hpp>
#include <converge/codec/parse_json.hpp>
#include <converge/core/failure.hpp>
#include <converge/testing/detail/quoted.hpp>
#include <converge/testing/detail/strict_object.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <limits>

namespace converge::testing {

namespace detail {

/// " refused_request, lost_request, ...".
[[nodiscard]] inline std::string names_of_kinds()
{
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i != fault_kinds; ++i)
        names.push_back(to_string(static_cast<fault_kind>(i)));
    return strict_object::listed(names);
}

[[nodiscard]] inline fault read_fault(boost::json::value const& from, std::size_t index)
{
    strict_object const members{from, "faults[" + std::to_string(index) + ']'};
    members.allow({"kind", "site", "nth", "amount"});
    fault read;
    read.kind = members.choice("kind", fault_kind_named, names_of_kinds());
    read.site = members.text("site");
    read.nth = static_cast<std::uint32_t>(
        members.number("nth", std::numeric_limits<std::uint32_t>::max()));
    if (members.find("amount") != nullptr)
        read.amount = members.number("amount");
    return read;
}

[[nodiscard]] inline std::vector<fault> read_faults(strict_object const& members)
{
    auto const& listed = *members.find("faults");
    if (!listed.is_array())
        members.refuse("faults", converge::detail::shown(listed) + " is no array");
    std::vector<fault> read;
    for (auto const& each : listed.get_array())
        read.push_back(read_fault(each, read.size()));
    return read;
}

[[nodiscard]] inline named_plan read_plan(boost::json::value const& document)
{
    strict_object const members{document, ""};
    members.allow({"scenario", "seed", "order", "resyncs", "faults"});
    named_plan read;
    read.scenario = members.text("scenario");
    read.plan.seed = members.number("seed");
    if (members.find("order") != nullptr)
        read.plan.order = members.choice("order", turn_order_named, " fifo, uniform, ranked");
    if (members.find("resyncs") != nullptr)
        read.plan.resyncs = members.truth("resyncs");
    if (members.find("faults") != nullptr)
        read.plan.faults = read_faults(members);
    return read;
}

[[nodiscard]] inline std::string fault_text(fault const& one)
{
    boost::json::object members;
    members["kind"] = boost::json::string_view{to_string(one.kind)};
    members["site"] = one.site;
    members["nth"] = one.nth;
    if (one.amount != 0)
        members["amount"] = one.amount;
    return boost::json::serialize(members);
}

} // namespace detail

CONVERGE_DECL std::string to_text(std::string_view scenario, fault_plan const& plan)
{
    // One line a member and a fault: plans are read, and edited, by people.
    auto text = "{\n  \"scenario\": " + detail::quoted(scenario) +
                ",\n  \"seed\": " + std::to_string(plan.seed);
    if (plan.order)
        text += ",\n  \"order\": " + detail::quoted(to_string(*plan.order));
    if (plan.resyncs)
        text += std::string{",\n  \"resyncs\": "} + (*plan.resyncs ? "true" : "false");
    if (plan.faults) {
        text += ",\n  \"faults\": [";
        for (auto const& each : *plan.faults)
            text += (text.back() == '[' ? "\n    " : ",\n    ") + detail::fault_text(each);
        text += plan.faults->empty() ? "]" : "\n  ]";
    }
    return text + "\n}\n";
}

CONVERGE_DECL result<named_plan> parse_plan(std::string_view text)
{
    parse_options strict;
    strict.unique_members = true;
    auto const document = parse_json(text, strict);
    if (!document)
        return document.error();
    try {
        return detail::read_plan(*document);
    } catch (error const& refused) {
        return refused.reason();
    }
}

} // namespace converge::testing
