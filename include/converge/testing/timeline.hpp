// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace converge::testing {

/// Who did what when, in a run: for people.
class timeline {
public:
    struct entry {
        instant at{};
        std::uint64_t step = 0;
        /// A process, a controller in it, or "fault".
        std::string who;
        std::string what;

        friend bool operator==(entry const&, entry const&) = default;
    };

    void add(instant at, std::uint64_t step, std::string who, std::string what)
    {
        entries_.push_back({at, step, std::move(who), std::move(what)});
    }

    [[nodiscard]] std::vector<entry> const& entries() const noexcept { return entries_; }

    /// One line an entry: virtual time since the start, step, who and what. Where five seconds or
    /// more pass without an entry a line says so; entries that repeat the one before are only
    /// counted. A line has at most 160 bytes; what does not fit is cut.
    [[nodiscard]] CONVERGE_DECL std::string str() const;

    /// Writes `str()`.
    CONVERGE_DECL friend std::ostream& operator<<(std::ostream& out, timeline const& told);

private:
    std::vector<entry> entries_;
};

} // namespace converge::testing

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/timeline.ipp>
#endif
