// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// Catches simulated code that reads the real clock, sleeps, asks the system for random bytes or
/// starts a thread: the world ends the run with an error that names the process and the function.
/// Without it such code goes unnoticed until two runs of one plan differ.
///
/// Opt-in: include this in exactly one source file of a program, the one with `main`, say. It
/// defines functions of the C library (clock_gettime, gettimeofday, time, nanosleep,
/// clock_nanosleep, getentropy, getrandom, arc4random, pthread_create) for the whole program and
/// the shared libraries that it loads; they pass every call on to the real ones, and note those
/// that a world's step makes. For programs that link the C library dynamically on Linux; under
/// the thread sanitizer, which must see the program's own calls, and elsewhere it does nothing.
/// What it cannot see: instructions of the processor (rdtsc, rdrand), system calls made by hand,
/// and calls that the C library makes to itself.

#include <converge/testing/detail/step_guard.hpp>

#if defined(__SANITIZE_THREAD__)
#define CONVERGE_WITHOUT_TRIPWIRES
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CONVERGE_WITHOUT_TRIPWIRES
#endif
#endif
#if !defined(__linux__)
#define CONVERGE_WITHOUT_TRIPWIRES
#endif

#if !defined(CONVERGE_WITHOUT_TRIPWIRES)

#include <dlfcn.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace converge::testing::detail {

/// A name as a template argument.
template <std::size_t Size>
struct function_name {
    char text[Size];

    consteval function_name(char const (&name)[Size]) { std::copy_n(name, Size, text); }
};

/// The definition that this program's hides.
template <class Function>
[[nodiscard]] Function* hidden_by_tripwire(char const* name) noexcept
{
    auto* const found = ::dlsym(RTLD_NEXT, name);
    if (found == nullptr)
        std::abort();
    return reinterpret_cast<Function*>(found);
}

template <function_name Name, class Result, class... Args>
Result pass_on(Args... args)
{
    static auto* const real = hidden_by_tripwire<Result(Args...)>(Name.text);
    trip(Name.text);
    return real(args...);
}

} // namespace converge::testing::detail

// The names of the C library are given as those of the assembler, because the C++ ones would have
// to repeat its declarations to the letter, with attributes that differ among libraries.
extern "C" {

int converge_tripwire_clock_gettime(clockid_t, timespec*) __asm__("clock_gettime");
int converge_tripwire_gettimeofday(timeval*, void*) __asm__("gettimeofday");
time_t converge_tripwire_time(time_t*) __asm__("time");
int converge_tripwire_nanosleep(timespec const*, timespec*) __asm__("nanosleep");
int converge_tripwire_clock_nanosleep(clockid_t, int, timespec const*,
                                      timespec*) __asm__("clock_nanosleep");
int converge_tripwire_getentropy(void*, std::size_t) __asm__("getentropy");
ssize_t converge_tripwire_getrandom(void*, std::size_t, unsigned) __asm__("getrandom");
std::uint32_t converge_tripwire_arc4random() __asm__("arc4random");
int converge_tripwire_pthread_create(pthread_t*, pthread_attr_t const*, void* (*)(void*),
                                     void*) __asm__("pthread_create");
/// The address sanitizer's, which must see new threads. Where it is linked statically, the
/// definition below takes the place of its alias `pthread_create`, and dlsym would pass it by.
int __interceptor_pthread_create(pthread_t*, pthread_attr_t const*, void* (*)(void*), void*)
    __attribute__((weak));

int converge_tripwire_clock_gettime(clockid_t clock, timespec* into)
{
    return converge::testing::detail::pass_on<"clock_gettime", int>(clock, into);
}

int converge_tripwire_gettimeofday(timeval* into, void* zone)
{
    return converge::testing::detail::pass_on<"gettimeofday", int>(into, zone);
}

time_t converge_tripwire_time(time_t* into)
{
    return converge::testing::detail::pass_on<"time", time_t>(into);
}

int converge_tripwire_nanosleep(timespec const* span, timespec* left)
{
    return converge::testing::detail::pass_on<"nanosleep", int>(span, left);
}

int converge_tripwire_clock_nanosleep(clockid_t clock, int flags, timespec const* span,
                                      timespec* left)
{
    return converge::testing::detail::pass_on<"clock_nanosleep", int>(clock, flags, span, left);
}

int converge_tripwire_getentropy(void* into, std::size_t size)
{
    return converge::testing::detail::pass_on<"getentropy", int>(into, size);
}

ssize_t converge_tripwire_getrandom(void* into, std::size_t size, unsigned flags)
{
    return converge::testing::detail::pass_on<"getrandom", ssize_t>(into, size, flags);
}

std::uint32_t converge_tripwire_arc4random()
{
    return converge::testing::detail::pass_on<"arc4random", std::uint32_t>();
}

int converge_tripwire_pthread_create(pthread_t* made, pthread_attr_t const* how,
                                     void* (*body)(void*), void* argument)
{
    using namespace converge::testing::detail;
    if (__interceptor_pthread_create == nullptr)
        return pass_on<"pthread_create", int>(made, how, body, argument);
    trip("pthread_create");
    return __interceptor_pthread_create(made, how, body, argument);
}
}

#endif
