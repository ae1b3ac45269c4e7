// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// What the command line asks for.
struct settings {
    /// Where the figures go as JSON as well; empty is nowhere.
    std::string json;
    /// Where files are made that must be on the disk to be measured.
    std::string folder = ".";
    /// Only the parts whose name contains this.
    std::string only;
    /// Few and short slices: shows that everything runs, and its figures mean nothing.
    bool quick = false;
    /// Keeps the processors from sleeping, with a spinner of the lowest priority on each.
    bool hot = false;
    /// How many objects a restart reads.
    std::size_t objects = 100'000;
    /// For Google Benchmark.
    std::vector<std::string> others;

    /// Exits with a usage text if the arguments are not understood.
    settings(int argc, char** argv);

    /// In words, what `hot` says.
    [[nodiscard]] std::string processors() const
    {
        return hot ? "hot: kept awake, each by a spinner of the lowest priority"
                   : "idle: they sleep when there is nothing to do";
    }
    [[nodiscard]] bool wants(std::string_view part) const { return part.find(only) != part.npos; }
    /// `whole`, or much less if the run is to be quick.
    [[nodiscard]] std::size_t count(std::size_t whole, std::size_t few) const
    {
        return quick ? few : whole;
    }
};

} // namespace bench
