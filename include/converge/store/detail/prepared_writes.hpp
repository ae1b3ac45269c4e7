// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/failure.hpp>
#include <converge/store/detail/approximate_size.hpp>
#include <converge/store/detail/versioned_map.hpp>
#include <converge/store/transaction.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge::detail {

/// @throws errc::invalid if a key is written twice.
inline void refuse_duplicate_keys(std::vector<operation> const& operations)
{
    if (operations.size() < 2)
        return;
    std::vector<std::string_view> keys;
    keys.reserve(operations.size());
    for (auto const& each : operations)
        keys.push_back(each.key());
    std::sort(keys.begin(), keys.end());
    auto const twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice != keys.end())
        throw error{errc::invalid, "transaction writes the key \"" + std::string{*twice} +
                                       "\" twice; merge the two operations into one"};
}

/// The objects that the operations of a transaction put, encoded; empty for those that erase.
struct encoded_writes {
    std::vector<std::string> then;
    std::vector<std::string> otherwise;
};

/// One empty version for each operation, in order: made before the lock is taken. `encoded` tells
/// the sizes, if it is not empty.
[[nodiscard]] inline version_chain make_versions(std::vector<operation>& operations,
                                                 std::vector<std::string> const& encoded)
{
    version_chain made;
    for (auto i = operations.size(); i-- > 0;) {
        auto& each = operations[i];
        auto one = std::make_unique<version>();
        if (!encoded.empty())
            one->add_bytes(encoded[i].size());
        else if (each.is_put())
            one->add_bytes(approximate_size(each.value().metadata()));
        one->place = static_cast<std::uint32_t>(i);
        one->held.lease = each.lease();
        one->older = std::move(made);
        made = std::move(one);
    }
    return made;
}

[[nodiscard]] inline std::unique_ptr<version> take_version(version_chain& from)
{
    auto one = std::move(from);
    from = std::move(one->older);
    return one;
}

} // namespace converge::detail
