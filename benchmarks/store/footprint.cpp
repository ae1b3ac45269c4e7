// SPDX-License-Identifier: BSL-1.0
#include "beds.hpp"
#include "parts.hpp"

#include <malloc.h>

namespace bench {

namespace {

/// What malloc has given out and not got back, with its own overhead, in bytes.
double allocated()
{
    auto const now = ::mallinfo2();
    return static_cast<double>(now.uordblks + now.hblkhd);
}

template <class Make>
double bytes_of(Make make)
{
    auto const before = allocated();
    auto const made = make();
    return allocated() - before;
}

} // namespace

void measure_footprint(settings const& how, report& into)
{
    into.condition("footprint",
                   "bytes that malloc gave out, its own overhead included (mallinfo2)");
    auto const size = how.count(100'000, 10'000);
    auto const keys = make_keys(size);
    auto const each = [&](double bytes) { return bytes / static_cast<double>(size); };

    auto const object = each(bytes_of([&] {
                            std::vector<std::shared_ptr<gadget_object const>> all;
                            all.reserve(size);
                            for (std::size_t i = 0; i < size; ++i)
                                all.push_back(make_gadget(0));
                            return all;
                        })) -
                        sizeof(std::shared_ptr<gadget_object const>);
    auto const plain = each(bytes_of([&] {
                           plain_map map;
                           for (auto const& key : keys)
                               map[key] = make_gadget(0);
                           return map;
                       })) -
                       object;

    converge::memory_store_options options;
    auto const before = allocated();
    converge::memory_store store{options};
    auto const fill = [&] {
        for (auto const& key : keys)
            store.commit(put_one(key, 0));
    };
    fill();
    auto const name = "footprint." + std::to_string(size) + "_keys.";
    auto const key_bytes = static_cast<double>(keys.front().size());
    into.add("footprint.object", object, "B");
    into.add(name + "beside_object", each(allocated() - before) - object, "B")
        .beside("unordered_map", plain)
        .at_most(300);
    // Every key is written anew: the history is as full as it gets, and holds the objects that
    // its changes replaced.
    fill();
    into.add(name + "beside_object_with_full_history", each(allocated() - before) - object, "B")
        .beside("unordered_map", plain);
    store.compact(store.newest());
    into.add(name + "beside_object_without_history", each(allocated() - before) - object, "B")
        .beside("unordered_map", plain);
    into.add("footprint.key", key_bytes, "B");
}

} // namespace bench
