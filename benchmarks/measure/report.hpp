// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/json/value.hpp>

#include <deque>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

/// One thing measured, beside its limit in the same run. Names are stable: tools read them.
class figure {
public:
    figure(std::string name, double value, std::string unit)
        : name_{std::move(name)},
          unit_{std::move(unit)},
          value_{value}
    {}

    /// What the figure is compared with, in the same unit.
    figure& beside(std::string what, double value);
    /// The ratio to the limit, where it is not that of the two figures: the median of the ratios
    /// of neighbouring slices, which a change of the machine's mood between slices spares.
    figure& with_ratio(double found);
    /// What is to be held. A benchmark says whether it is, and never fails for it.
    figure& at_most(double value) { return budget({"value", "at_most", value}); }
    figure& at_least(double value) { return budget({"value", "at_least", value}); }
    figure& ratio_at_most(double value) { return budget({"ratio", "at_most", value}); }
    figure& ratio_at_least(double value) { return budget({"ratio", "at_least", value}); }
    /// All that was measured of it; the table shows one.
    figure& sampled(std::vector<double> const& values);

    [[nodiscard]] std::string const& name() const noexcept { return name_; }
    [[nodiscard]] double value() const noexcept { return value_; }
    /// The cells of the figure's row.
    [[nodiscard]] std::vector<std::string> row() const;
    [[nodiscard]] boost::json::value to_json() const;

private:
    struct limit {
        std::string what;
        double value;
    };
    struct bound {
        std::string_view of;
        std::string_view relation;
        double value;
    };

    figure& budget(bound held)
    {
        budget_ = held;
        return *this;
    }
    [[nodiscard]] bool is_met() const;

    std::string name_;
    std::string unit_;
    double value_;
    std::optional<limit> limit_;
    std::optional<double> ratio_;
    std::optional<bound> budget_;
    std::optional<std::pair<double, double>> range_;
    std::size_t samples_ = 0;
};

/// What one run of a program found.
class report {
public:
    explicit report(std::string program);

    /// Something that the figures hold under.
    void condition(std::string name, std::string text);
    figure& add(std::string name, double value, std::string unit)
    {
        return figures_.emplace_back(std::move(name), value, std::move(unit));
    }
    [[nodiscard]] figure const* find(std::string_view name) const;

    void print(std::ostream& to) const;
    [[nodiscard]] boost::json::value to_json() const;
    /// Prints, and writes the JSON unless `file` is empty. @returns the exit status.
    [[nodiscard]] int finish(std::string const& file) const;

private:
    std::string program_;
    std::vector<std::pair<std::string, std::string>> conditions_;
    // A reference to a figure outlives the next `add`.
    std::deque<figure> figures_;
};

} // namespace bench
