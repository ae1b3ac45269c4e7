// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

/// Counts how often something happened on each processor. A disk answers some processors a third
/// slower than others: those whose own interrupts it does not take.
class processor_counts {
public:
    /// The calling thread runs where it happened. Thread-safe.
    void count() noexcept;

    void clear() noexcept;

    /// How many there would be a second, if each had taken as long as on its processor:
    /// `rates[i]` is what processor i reaches. Those not counted on do not matter.
    [[nodiscard]] double expected(std::vector<double> const& rates) const;

private:
    static constexpr std::size_t most = 256;

    std::array<std::atomic<std::uint64_t>, most> counts_{};
};

/// Keeps the calling thread on one processor while this lives.
class pinned {
public:
    /// @throws std::system_error
    explicit pinned(std::size_t processor);
    ~pinned();
    pinned(pinned const&) = delete;
    pinned& operator=(pinned const&) = delete;

private:
    std::vector<std::byte> before_;
};

} // namespace bench
