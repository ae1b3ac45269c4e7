// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/gadget.hpp"

#include <converge/store/memory_store.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace bench {

/// The limit: a map that allocates the same objects under the same keys, without revisions,
/// history, order, watches or a lock.
using plain_map = std::unordered_map<std::string, std::shared_ptr<gadget_object const>>;

/// Goes round the numbers below `size` in steps that no cache foresees.
class stroll {
public:
    explicit stroll(std::size_t size) : size_{size} {}

    [[nodiscard]] std::size_t next() noexcept { return place_ = (place_ + 7919) % size_; }

private:
    std::size_t size_;
    std::size_t place_ = 0;
};

/// A map that holds every key.
struct map_bed {
    explicit map_bed(std::size_t size) : keys{make_keys(size)}, walk{size}
    {
        for (auto const& each : keys)
            map[each] = make_gadget(0);
    }

    [[nodiscard]] std::string const& next_key() { return keys[walk.next()]; }

    std::vector<std::string> keys;
    stroll walk;
    plain_map map;
};

/// A store that holds every key, and whose history is full.
struct store_bed {
    explicit store_bed(std::size_t size) : keys{make_keys(size)}, walk{size}
    {
        fill();
        auto const limits = converge::history_limits{};
        for (auto written = size; written < limits.events * 5 / 4; written += size)
            fill();
    }

    void fill()
    {
        for (auto const& each : keys)
            store.commit(put_one(each, 0));
    }
    [[nodiscard]] std::string const& next_key() { return keys[walk.next()]; }

    std::vector<std::string> keys;
    stroll walk;
    converge::memory_store store;
};

/// What benchmarks that leave a bed as it was share.
struct shared_beds {
    std::shared_ptr<map_bed> small_map = std::make_shared<map_bed>(10'000);
    std::shared_ptr<map_bed> large_map = std::make_shared<map_bed>(100'000);
    std::shared_ptr<store_bed> small_store = std::make_shared<store_bed>(10'000);
    std::shared_ptr<store_bed> large_store = std::make_shared<store_bed>(100'000);
};

} // namespace bench
