// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/timeline.hpp>

#include <converge/codec/detail/shorten.hpp>
#include <converge/testing/detail/one_line.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ostream>

namespace converge::testing {

namespace detail {

/// Writes the lines of a timeline: whole runs of the same entry at a time.
class timeline_printer {
public:
    explicit timeline_printer(std::vector<timeline::entry> const& all) : all_{all}
    {
        for (auto const& each : all) {
            time_width_ = std::max(time_width_, seconds(each.at.time_since_epoch()).size());
            step_width_ = std::max(step_width_, std::to_string(each.step).size());
            who_width_ = std::max(who_width_, std::min(each.who.size(), who_most));
        }
    }

    [[nodiscard]] std::string print()
    {
        for (std::size_t i = 0; i != all_.size();) {
            auto const last = last_of_same(i);
            if (i != 0)
                print_gap(all_[i].at - all_[i - 1].at);
            print_entry(all_[i], all_[last], last - i + 1);
            i = last + 1;
        }
        return std::move(text_);
    }

private:
    static constexpr std::size_t line_most = 160;
    static constexpr std::size_t who_most = 32;
    static constexpr duration gap = std::chrono::seconds{5};

    [[nodiscard]] std::size_t last_of_same(std::size_t first) const
    {
        auto last = first;
        while (last + 1 != all_.size() && all_[last + 1].who == all_[first].who &&
               all_[last + 1].what == all_[first].what)
            ++last;
        return last;
    }

    void print_gap(duration passed)
    {
        if (passed >= gap)
            text_ += std::string(time_width_, '.') + ' ' + seconds(passed) + " pass\n";
    }

    void print_entry(timeline::entry const& first, timeline::entry const& last, std::size_t times)
    {
        auto line = right(seconds(first.at.time_since_epoch()), time_width_) + ' ' +
                    right('#' + std::to_string(first.step), step_width_ + 1) + "  " +
                    left(cut(on_one_line(first.who), who_width_), who_width_) + "  ";
        auto const repeated = times == 1 ? std::string{}
                                         : " (" + std::to_string(times) + " times, until " +
                                               seconds(last.at.time_since_epoch()) + ')';
        auto const room = line_most - std::min(line_most, line.size() + repeated.size());
        text_ += line + cut(on_one_line(first.what), room) + repeated + '\n';
    }

    /// `12.345s`. Rounded down, so that nothing seems to happen before it does.
    [[nodiscard]] static std::string seconds(duration span)
    {
        auto const ms = std::chrono::floor<std::chrono::milliseconds>(span).count();
        auto const part = std::to_string(1000 + ms % 1000);
        return std::to_string(ms / 1000) + '.' + part.substr(1) + 's';
    }

    [[nodiscard]] static std::string right(std::string text, std::size_t width)
    {
        return std::string(width - std::min(width, text.size()), ' ') + text;
    }

    [[nodiscard]] static std::string left(std::string text, std::size_t width)
    {
        return text + std::string(width - std::min(width, text.size()), ' ');
    }

    /// At most `most` bytes, those that say that it is cut included.
    [[nodiscard]] static std::string cut(std::string text, std::size_t most)
    {
        constexpr std::size_t ellipsis = 3;
        if (text.size() <= most)
            return text;
        return converge::detail::shorten(std::move(text), most - std::min(most, ellipsis));
    }

    std::vector<timeline::entry> const& all_;
    std::size_t time_width_ = 0;
    std::size_t step_width_ = 0;
    std::size_t who_width_ = 0;
    std::string text_;
};

} // namespace detail

CONVERGE_DECL std::string timeline::str() const
{
    return detail::timeline_printer{entries_}.print();
}

CONVERGE_DECL std::ostream& operator<<(std::ostream& out, timeline const& told)
{
    return out << told.str();
}

} // namespace converge::testing
