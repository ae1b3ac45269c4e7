// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/any_object.hpp>
#include <converge/store/store_key.hpp>
#include <converge/store/transaction.hpp>

#include <boost/describe/class.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// What the benchmarks store.
struct gadget {
    static constexpr converge::kind_name kind{"bench.converge.dev/v1", "Gadget"};
    struct spec {
        int size = 0;
        std::string content;
    };
};
BOOST_DESCRIBE_STRUCT(gadget::spec, (), (size, content))

using gadget_object = converge::object<gadget>;

[[nodiscard]] inline std::shared_ptr<gadget_object> make_gadget(int size, std::string content = {})
{
    auto made = std::make_shared<gadget_object>();
    made->spec.size = size;
    made->spec.content = std::move(content);
    return made;
}

[[nodiscard]] inline converge::draft_object draft(std::shared_ptr<gadget_object> from)
{
    return {converge::type_of<gadget>(), std::move(from)};
}

/// The transaction that writes one object.
[[nodiscard]] inline converge::transaction put_one(std::string key, int size,
                                                   std::string content = {})
{
    converge::transaction write;
    write.put(std::move(key), draft(make_gadget(size, std::move(content))));
    return write;
}

/// Keys of ten namespaces, those numbered `first` and on, in an order that no cache foresees.
[[nodiscard]] inline std::vector<std::string> make_keys(std::size_t count, std::size_t first = 0)
{
    std::vector<std::string> keys;
    keys.reserve(count);
    auto const& type = converge::type_of<gadget>();
    for (auto i = first; i < first + count; ++i) {
        // An odd factor visits every number once.
        auto const shuffled = (i * 0x9e3779b97f4a7c15u) & 0xffffffffu;
        converge::object_key const id{"space-" + std::to_string(i % 10),
                                      "gadget-" + std::to_string(shuffled)};
        keys.push_back(converge::store_key(type, id));
    }
    return keys;
}

} // namespace bench
