// SPDX-License-Identifier: BSL-1.0
#include "allocations.hpp"

#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local std::uint64_t counted = 0;

} // namespace

// Not inlined: where the compiler sees both, it takes malloc and delete for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size)
{
    ++counted;
    if (void* const made = std::malloc(size == 0 ? 1 : size))
        return made;
    throw std::bad_alloc{};
}

[[gnu::noinline]] void operator delete(void* what) noexcept { std::free(what); }
[[gnu::noinline]] void operator delete(void* what, std::size_t) noexcept { std::free(what); }

namespace bench {

std::uint64_t allocations() noexcept { return counted; }

double allocated_bytes() noexcept
{
    auto const now = ::mallinfo2();
    return static_cast<double>(now.uordblks + now.hblkhd);
}

} // namespace bench
