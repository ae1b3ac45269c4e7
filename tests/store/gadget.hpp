// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the tests of this folder store.

#include <converge/codec/any_object.hpp>
#include <converge/codec/resource_type.hpp>
#include <converge/model/object.hpp>
#include <converge/store/transaction.hpp>

#include <boost/describe/class.hpp>

#include <memory>
#include <string>
#include <utility>

namespace store_test {

struct gadget {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Gadget"};
    struct spec {
        int size = 0;
        std::string colour;
    };
};
BOOST_DESCRIBE_STRUCT(gadget::spec, (), (size, colour))

/// A list tells no keys, so the objects carry them.
[[nodiscard]] inline converge::draft_object make_gadget(int size, std::string key = {})
{
    auto made = std::make_shared<converge::object<gadget>>("gadget");
    made->spec.size = size;
    made->spec.colour = std::move(key);
    return {converge::type_of<gadget>(), std::move(made)};
}

[[nodiscard]] inline int size_of(converge::any_object const& value)
{
    return value.as<gadget>()->spec.size;
}

[[nodiscard]] inline std::string key_of(converge::any_object const& value)
{
    return value.as<gadget>()->spec.colour;
}

[[nodiscard]] inline converge::transaction put(std::string key, int size,
                                               converge::lease_id lease = converge::lease_id::none)
{
    converge::transaction write;
    auto value = make_gadget(size, key);
    write.put(std::move(key), std::move(value), lease);
    return write;
}

[[nodiscard]] inline converge::transaction erase(std::string key)
{
    converge::transaction write;
    write.erase(std::move(key));
    return write;
}

} // namespace store_test
