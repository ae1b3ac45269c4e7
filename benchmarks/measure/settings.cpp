// SPDX-License-Identifier: BSL-1.0
#include "measure/settings.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace bench {

namespace {

constexpr auto usage =
    R"(Usage: %s [--only PART] [--quick] [--hot] [--objects N] [--folder DIR] [--json FILE]

  --only PART     only the parts whose name contains PART
  --quick         few and short slices: a smoke test
  --hot           keeps the processors awake, with a spinner of the lowest priority on each
  --objects N     how many objects the restart reads (100000)
  --folder DIR    where files are made; must be on the disk to measure (.)
  --json FILE     writes every figure there as well

Arguments that begin with --benchmark_ go to Google Benchmark.
)";

[[noreturn]] void refuse(char const* program, std::string_view what)
{
    std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
    std::fprintf(stderr, usage, program);
    std::exit(2);
}

} // namespace

settings::settings(int argc, char** argv)
{
    auto const value_of = [&](int& place) -> std::string {
        if (place + 1 == argc)
            refuse(argv[0], std::string{argv[place]} + " needs a value");
        return argv[++place];
    };
    for (int i = 1; i < argc; ++i) {
        std::string_view const name = argv[i];
        if (name == "--json") {
            json = value_of(i);
        } else if (name == "--folder") {
            folder = value_of(i);
        } else if (name == "--only") {
            only = value_of(i);
        } else if (name == "--quick") {
            quick = true;
        } else if (name == "--hot") {
            hot = true;
        } else if (name == "--objects") {
            auto const text = value_of(i);
            auto const end = text.data() + text.size();
            auto const [stop, failed] = std::from_chars(text.data(), end, objects);
            if (failed != std::errc{} || stop != end || objects == 0)
                refuse(argv[0], "--objects needs a number above zero, not \"" + text + '"');
        } else if (name == "--help") {
            std::printf(usage, argv[0]);
            std::exit(0);
        } else if (name.starts_with("--benchmark_")) {
            others.emplace_back(name);
        } else {
            refuse(argv[0], "There is no argument \"" + std::string{name} + '"');
        }
    }
}

} // namespace bench
