// SPDX-License-Identifier: BSL-1.0
#include "fed_informer.hpp"
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

template <class R>
void measure_memory_of(std::string const& kind, settings const& how, report& into)
{
    auto const count = how.count(100'000, 2'000);
    auto const each = [&](double bytes) { return bytes / static_cast<double>(count); };
    auto const empty = allocated();
    auto const items = objects<R>(count);
    auto const object = each(allocated() - empty) - sizeof(any_object);
    auto const before = allocated();
    fed_informer<R> fed{[&] { return converge::response{items, converge::revision{count}, {}}; },
                        1};
    fed.poll();
    auto const listed = each(allocated() - before);
    into.add("memory." + kind + ".object", object, "B");
    into.add("memory." + kind + ".with_cache", object + listed, "B")
        .beside("the decoded object", object)
        .ratio_at_most(1.3);
    into.add("memory." + kind + ".beside_object", listed, "B");
}

} // namespace

void measure_memory(settings const& how, report& into)
{
    into.condition("memory",
                   "bytes that malloc gave out, its own overhead included (mallinfo2), for "
                   "each object: itself, which is shared with who listed it, and what the "
                   "cache keeps beside it");
    measure_memory_of<cluster::config_map>("config_map", how, into);
    measure_memory_of<cluster::pod>("pod", how, into);
}

} // namespace bench
