// SPDX-License-Identifier: BSL-1.0
#include <converge/work/queue.hpp>

#include <converge/core/key.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// This program counts what it allocates.

namespace {

std::uint64_t counted = 0;

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

using namespace converge;
using namespace std::chrono_literals;

namespace {

using key_queue = keyed_queue<object_key>;

/// Of ten namespaces, with names that no string keeps within itself.
std::vector<object_key> many_keys()
{
    std::vector<object_key> made;
    for (int i = 0; i != 500; ++i)
        made.emplace_back("a-namespace-of-some-length-" + std::to_string(i % 10),
                          "an-object-of-some-length-" + std::to_string(i));
    return made;
}

/// What a controller does with many keys, in all the ways that a queue knows, until all are at rest.
class controller_like {
public:
    explicit controller_like(queue_options<object_key> how = {}) : queue_{std::move(how)} {}

    void work_off()
    {
        for (std::size_t i = 0; i != keys_.size(); ++i)
            add(i);
        for (int wave = 0; !queue_.idle(); ++wave) {
            if (auto const due = queue_.next_due(); due && queue_.ready() == 0)
                now_ = std::max(now_, *due);
            for (std::size_t i = 0; queue_.take(now_, taken_); ++i)
                run(wave == 0 ? i : 0);
        }
        for (auto const& each : keys_)
            queue_.forget(each);
    }

    /// How often one more round of `work_off` allocates.
    std::uint64_t allocations_of_a_round()
    {
        auto const before = counted;
        work_off();
        return counted - before;
    }

    [[nodiscard]] key_queue& queue() noexcept { return queue_; }
    [[nodiscard]] std::vector<object_key> const& keys() const noexcept { return keys_; }
    [[nodiscard]] std::uint64_t runs() const noexcept { return runs_; }

private:
    void add(std::size_t index)
    {
        auto const& key = keys_[index];
        int const priority = static_cast<int>(index % 3) - 1;
        switch (index % 4) {
        case 0: queue_.add_debounced(key, why_, now_, 10ms, 1s, priority); [[fallthrough]];
        case 1: queue_.add_debounced(key, cause_kind::changed, now_ + 1ms, 10ms, 1s); break;
        case 2: queue_.add_at(key, cause_kind::requeue, now_ + 1s, priority); [[fallthrough]];
        default: queue_.add(key, why_, priority); queue_.add(key, cause_kind::changed, 1);
        }
    }

    /// How it ends hangs on `way`; 0: well.
    void run(std::size_t way)
    {
        ++runs_;
        auto const& key = taken_.key;
        switch (way % 4) {
        case 1: queue_.retry(key, cause_kind::retry, now_, 1s); break;
        case 2: queue_.add_at(key, cause_kind::requeue, now_ + 2s); break;
        case 3:
            queue_.add(key, why_);
            queue_.forget(key);
            break;
        default: queue_.forget(key);
        }
        queue_.done(key);
    }

    std::vector<object_key> const keys_ = many_keys();
    cause const why_{cause_kind::watched, object_ref{"Theme", "", "dark"}, revision{7}};
    key_queue queue_;
    key_queue::taken taken_;
    instant now_{};
    std::uint64_t runs_ = 0;
};

queue_options<object_key> fair()
{
    queue_options<object_key> how;
    how.tenant_of = [](object_key const& of) { return std::string_view{of.namespace_}; };
    how.weight_of = [](std::string_view) { return 2u; };
    return how;
}

} // namespace

TEST_CASE("a queue that has seen its largest crowd does not allocate")
{
    for (bool const shared : {false, true}) {
        CAPTURE(shared);
        controller_like work{shared ? fair() : queue_options<object_key>{}};
        CHECK(work.allocations_of_a_round() > work.keys().size());
        work.work_off();
        for (int round = 0; round != 5; ++round)
            CHECK(work.allocations_of_a_round() == 0);
        CHECK(work.runs() > 7 * work.keys().size());
    }
}

TEST_CASE("a key beyond the largest crowd, and one that is handed out as a copy, are counted")
{
    controller_like work;
    for (int round = 0; round != 3; ++round)
        work.work_off();
    auto const before = counted;
    for (auto const& each : work.keys())
        work.queue().add(each, cause_kind::changed);
    CHECK(counted == before);
    work.queue().add({"a-namespace-of-some-length-0", "an-object-that-no-round-knew"},
                     cause_kind::changed);
    CHECK(counted > before);
    auto const later = counted;
    CHECK(work.queue().take(instant{}).has_value());
    CHECK(counted > later);
}

TEST_CASE("an unused queue owns no memory")
{
    auto const before = counted;
    {
        key_queue unused;
        CHECK_FALSE(unused.next_due());
        auto moved = std::move(unused);
        moved.stop();
    }
    CHECK(counted == before);
}
