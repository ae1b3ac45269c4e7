// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/revision.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace converge::detail {

/// One row of `changes`: what a key held from a revision on. An empty `value` is an erasure.
struct change_row {
    std::int64_t id = 0;
    std::string_view key;
    std::int64_t kind = 0;
    std::int64_t created = 0;
    std::int64_t version = 0;
    std::int64_t lease = 0;
    std::string_view value;

    /// Rows are in the order of revisions, and within one in that of its transaction.
    static constexpr int place_bits = 20;
    static constexpr std::size_t places = std::size_t{1} << place_bits;
    [[nodiscard]] static std::int64_t id_of(revision at, std::uint32_t place) noexcept
    {
        return static_cast<std::int64_t>((at.value() << place_bits) | place);
    }
    [[nodiscard]] revision at() const noexcept
    {
        return revision{static_cast<std::uint64_t>(id) >> place_bits};
    }
    [[nodiscard]] std::uint32_t place() const noexcept
    {
        return static_cast<std::uint32_t>(static_cast<std::uint64_t>(id) % places);
    }
};

} // namespace converge::detail
