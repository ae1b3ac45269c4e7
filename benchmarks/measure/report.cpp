// SPDX-License-Identifier: BSL-1.0
#include "measure/report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/version.hpp>

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <thread>

namespace bench {

namespace {

/// Three digits that count, with thousands apart.
std::string rounded(double value)
{
    char text[64];
    auto const size = std::abs(value);
    int const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    std::string grouped = text;
    auto const digits = grouped.find('.') == grouped.npos ? grouped.size() : grouped.find('.');
    for (auto i = digits; i > 3 && grouped[i - 4] != '-'; i -= 3)
        grouped.insert(i - 3, 1, ' ');
    return grouped;
}

std::string with_unit(double value, std::string const& unit)
{
    return rounded(value) + (unit.starts_with('/') ? "" : " ") + unit;
}

/// How many columns a terminal shows of a text: one for each UTF-8 sequence.
std::size_t width(std::string const& text)
{
    auto const shown = std::ranges::count_if(
        text, [](char each) { return (static_cast<unsigned char>(each) & 0xc0) != 0x80; });
    return static_cast<std::size_t>(shown);
}

std::string machine()
{
    utsname system{};
    ::uname(&system);
    return std::to_string(std::thread::hardware_concurrency()) + " processors, " + system.sysname +
           " " + system.release + " " + system.machine;
}

} // namespace

figure& figure::beside(std::string what, double value)
{
    limit_ = {std::move(what), value};
    ratio_ = value == 0 ? 0 : value_ / value;
    return *this;
}

figure& figure::with_ratio(double found)
{
    ratio_ = found;
    return *this;
}

figure& figure::sampled(std::vector<double> const& values)
{
    if (values.empty())
        return *this;
    auto const [least, most] = std::ranges::minmax(values);
    range_ = {least, most};
    samples_ = values.size();
    return *this;
}

bool figure::is_met() const
{
    auto const found = budget_->of == "ratio" ? ratio_.value_or(0) : value_;
    return budget_->relation == "at_most" ? found <= budget_->value : found >= budget_->value;
}

std::vector<std::string> figure::row() const
{
    std::vector<std::string> cells{name_, with_unit(value_, unit_), "", "", "", ""};
    if (limit_)
        cells[2] = with_unit(limit_->value, unit_) + "  " + limit_->what;
    if (ratio_)
        cells[3] = rounded(*ratio_);
    if (budget_) {
        auto const sign = budget_->relation == "at_most" ? "≤ " : "≥ ";
        cells[4] = sign + (budget_->of == "ratio" ? rounded(budget_->value) + " of it"
                                                  : with_unit(budget_->value, unit_));
        cells[5] = is_met() ? "within" : "OVER";
    }
    return cells;
}

boost::json::value figure::to_json() const
{
    boost::json::object out{{"name", name_}, {"value", value_}, {"unit", unit_}};
    if (limit_)
        out["limit"] = boost::json::object{{"what", limit_->what}, {"value", limit_->value}};
    if (ratio_)
        out["ratio"] = *ratio_;
    if (budget_) {
        boost::json::object held{{"of", budget_->of}};
        held[budget_->relation] = budget_->value;
        held["met"] = is_met();
        out["budget"] = std::move(held);
    }
    if (range_) {
        out["least"] = range_->first;
        out["most"] = range_->second;
        out["samples"] = samples_;
    }
    return out;
}

report::report(std::string program) : program_{std::move(program)}
{
    condition("machine", machine());
    condition("compiler", "g++ " __VERSION__ ", Boost " BOOST_LIB_VERSION);
}

void report::condition(std::string name, std::string text)
{
    conditions_.emplace_back(std::move(name), std::move(text));
}

figure const* report::find(std::string_view name) const
{
    auto const found = std::ranges::find(figures_, name, &figure::name);
    return found == figures_.end() ? nullptr : &*found;
}

void report::print(std::ostream& to) const
{
    for (auto const& [name, text] : conditions_)
        to << name << ": " << text << '\n';
    std::vector<std::vector<std::string>> rows{{"figure", "value", "limit", "ratio", "budget", ""}};
    for (auto const& each : figures_)
        rows.push_back(each.row());
    std::vector<std::size_t> widths(rows.front().size());
    for (auto const& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    to << '\n';
    for (auto const& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            std::string const gap(widths[i] - width(row[i]), ' ');
            bool const to_the_right = i == 1 || i == 3;
            line += (to_the_right ? gap + row[i] : row[i] + gap) + "  ";
        }
        line.erase(line.find_last_not_of(' ') + 1);
        to << line << '\n';
    }
    to << std::flush;
}

boost::json::value report::to_json() const
{
    boost::json::object conditions;
    for (auto const& [name, text] : conditions_)
        conditions[name] = text;
    boost::json::array figures;
    for (auto const& each : figures_)
        figures.push_back(each.to_json());
    return boost::json::object{{"program", program_},
                               {"conditions", std::move(conditions)},
                               {"figures", std::move(figures)}};
}

int report::finish(std::string const& file) const
{
    print(std::cout);
    if (file.empty())
        return 0;
    std::ofstream out{file};
    out << boost::json::serialize(to_json()) << '\n';
    out.close();
    if (out)
        return 0;
    std::cerr << "cannot write " << file << '\n';
    return 1;
}

} // namespace bench
