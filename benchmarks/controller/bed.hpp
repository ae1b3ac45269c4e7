// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/config_map.hpp"

#include <converge/async/block_on.hpp>
#include <converge/client/client.hpp>
#include <converge/store/memory_store.hpp>
#include <converge/store/store_key.hpp>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <utility>

namespace bench {

[[nodiscard]] inline converge::uid uid_of(std::size_t number)
{
    char text[48];
    std::snprintf(text, sizeof text, "9acb0442-9a0f-4dc7-04bb-%012zx", number);
    return converge::uid{text};
}

/// A store that holds `count` objects, as an api has written them.
template <class R>
void fill(converge::memory_store& store, std::size_t count,
          converge::object<R> (*make)(std::size_t))
{
    auto const& type = converge::type_of<R>();
    for (std::size_t number = 0; number != count; ++number) {
        auto made = std::make_shared<converge::object<R>>(make(number));
        made->metadata.uid = uid_of(number);
        made->metadata.generation = 1;
        auto const key = converge::store_key(type, made->key());
        converge::transaction write;
        write.put(key, converge::draft_object{type, std::move(made)});
        store.commit(std::move(write));
    }
}

} // namespace bench
