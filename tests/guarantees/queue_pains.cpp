// SPDX-License-Identifier: BSL-1.0
#include <converge/work/queue.hpp>

#include "seeds.hpp"

#include <converge/work/backoff.hpp>
#include <converge/work/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using converge::cause_kind;
using converge::delay_mode;
using converge::duration;
using converge::instant;
using converge::random_bits;
using queue = converge::keyed_queue<int>;

/// What the bounds that `converge::queue_options` states speak of, of one ready key.
struct place_in_line {
    std::size_t before = 0;
    std::size_t most_levels = 0;
    std::uint64_t since = 0;
    int priority = 0;
};

/// The ready keys, counted beside a queue that shares its takes between priorities.
class line_watch {
public:
    explicit line_watch(unsigned yield_every) : yield_every_{yield_every} {}

    void joined(int key, int priority)
    {
        waiting_.erase(key);
        std::size_t before = 0;
        for (auto const& [other, at] : waiting_)
            before += at.priority == priority ? 1 : 0;
        waiting_[key] = {before, 0, takes_, priority};
        see_levels();
    }

    /// Whether the key came within the bound.
    [[nodiscard]] bool left(int key)
    {
        ++takes_;
        auto const at = waiting_.at(key);
        waiting_.erase(key);
        return takes_ - at.since <= (at.before + 1) * at.most_levels * yield_every_;
    }

    /// The priority that a ready key has; none if it is not ready.
    [[nodiscard]] std::optional<int> priority(int key) const
    {
        auto const found = waiting_.find(key);
        return found == waiting_.end() ? std::nullopt : std::optional{found->second.priority};
    }

private:
    void see_levels()
    {
        std::set<int> levels;
        for (auto const& [key, at] : waiting_)
            levels.insert(at.priority);
        for (auto& [key, at] : waiting_)
            at.most_levels = std::max(at.most_levels, levels.size());
    }

    unsigned yield_every_;
    std::uint64_t takes_ = 0;
    std::map<int, place_in_line> waiting_;
};

std::string_view tenant_name(int tenant)
{
    static constexpr std::string_view names = "abcdefgh";
    return names.substr(static_cast<std::size_t>(tenant), 1);
}

/// Keys are numbered through; a tenant has a thousand of them for each thousand of its number.
queue fair_queue(unsigned weight_of_first = 1)
{
    converge::queue_options<int> fair;
    fair.tenant_of = [](int key) { return tenant_name(key / 1'000'000); };
    fair.weight_of = [weight_of_first](std::string_view tenant) {
        return tenant == "a" ? weight_of_first : 1;
    };
    return queue{fair};
}

int key_of(int tenant, int number) { return tenant * 1'000'000 + number; }

} // namespace

TEST_CASE("P7 no flood of higher priorities starves a key: it is taken within the stated bound")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        random_bits chance{seed};
        converge::queue_options<int> how;
        how.yield_every = static_cast<unsigned>(1 + chance.uniform(8));
        queue work{how};
        line_watch watch{how.yield_every};
        int const floods = static_cast<int>(1 + chance.uniform(4));
        for (int step = 0; step < 150; ++step) {
            // More comes than is taken, most of it of high priority.
            auto const key = static_cast<int>(chance.uniform(30));
            auto const priority = static_cast<int>(std::max(chance.uniform(4), chance.uniform(4)));
            if (work.add(key, cause_kind::changed, priority) || watch.priority(key) < priority)
                watch.joined(key, priority);
            if (step % (floods + 1) == 0)
                continue;
            auto const run = work.take(instant{});
            REQUIRE(run);
            REQUIRE(watch.left(run->key));
            work.done(run->key);
        }
    }
    // In plain words: of eight takes, the low priority has one, for ever.
    queue work;
    for (int key = 0; key < 100; ++key)
        work.add(key, cause_kind::initial, -100);
    int low = 0;
    for (int take = 1; take <= 800; ++take) {
        work.add(1'000 + take, cause_kind::changed);
        auto const run = work.take(instant{});
        REQUIRE(run);
        work.done(run->key);
        low += run->priority == -100 ? 1 : 0;
        REQUIRE(low == take / 8);
    }
}

TEST_CASE("P8 a tenant with 100,000 keys delays another's single key by one round at most")
{
    auto work = fair_queue();
    constexpr int crowd = 100'000;
    for (int number = 0; number < crowd; ++number)
        work.add(key_of(0, number), cause_kind::changed);
    for (int round = 0; round < 20; ++round) {
        // It is in the line at any point of a round, and comes after one key of the other.
        work.add(key_of(1, round), cause_kind::changed);
        auto const first = work.take(instant{});
        REQUIRE(first);
        REQUIRE(first->key < crowd);
        auto const second = work.take(instant{});
        REQUIRE(second);
        REQUIRE(second->key == key_of(1, round));
        work.done(first->key);
        work.done(second->key);
    }

    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        random_bits chance{seed};
        auto const weight = static_cast<unsigned>(1 + chance.uniform(3));
        auto shared = fair_queue(weight);
        // A round is one take of each of the tenants, and `weight` of the first.
        constexpr int tenants = 5;
        auto const round = tenants - 1 + weight;
        std::map<int, std::uint64_t> bound;
        std::array<std::uint64_t, tenants> in_line{};
        std::uint64_t takes = 0;
        for (int step = 0; step < 120; ++step) {
            if (chance.uniform(5) < 3) {
                // The first tenant adds most of the keys.
                auto const tenant = chance.uniform(2) == 0 ? 0 : chance.uniform(tenants);
                auto const key = key_of(static_cast<int>(tenant), step);
                REQUIRE(shared.add(key, cause_kind::changed));
                auto const own = tenant == 0 ? weight : 1;
                auto const before = in_line[tenant]++;
                bound[key] = takes + before + (before / own + 1) * (round - own) + 1;
            } else if (auto const run = shared.take(instant{})) {
                REQUIRE(++takes <= bound.at(run->key));
                --in_line[static_cast<std::size_t>(run->key / 1'000'000)];
                shared.done(run->key);
            }
        }
    }
}

TEST_CASE("P9 spurious triggers leave the backoff as it is: attempts advance at deadlines only")
{
    converge::backoff_policy const policy{5ms, 1min, 2.0, 0.0};
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        random_bits chance{seed};
        queue work;
        work.add(1, cause_kind::changed);
        // Every run fails at once. Without triggers, the n-th attempt would be at these times.
        instant deadline{};
        auto now = deadline;
        for (unsigned attempt = 0; attempt < 12; ++attempt) {
            auto const run = work.take(deadline);
            REQUIRE(run);
            REQUIRE(run->attempt == attempt);
            work.retry(1, cause_kind::retry, deadline, policy.delay(attempt, 0.0));
            work.done(1);
            now = deadline;
            deadline += policy.delay(attempt, 0.0);
            for (auto triggers = chance.uniform(6); triggers != 0; --triggers) {
                now +=
                    duration{chance.uniform(static_cast<std::uint64_t>((deadline - now).count()))};
                work.add(1, cause_kind::changed);
                auto const early = work.take(now);
                REQUIRE(early);
                work.retry(1, cause_kind::retry, now, policy.delay(early->attempt, 0.0));
                work.done(1);
            }
            REQUIRE(work.attempts(1) == attempt + 1);
            REQUIRE(work.next_due() == deadline);
            REQUIRE_FALSE(work.take(deadline - duration{1}));
        }
    }
}

TEST_CASE("P11 a delayed entry has one slot, which is merged, replaced or cancelled")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        random_bits chance{seed};
        queue work;
        std::map<int, std::pair<instant, unsigned>> due;
        instant now{};
        for (int step = 0; step < 200; ++step) {
            now += duration{chance.uniform(3)};
            auto const key = static_cast<int>(chance.uniform(5));
            instant const at = now + duration{1 + chance.uniform(20)};
            auto const known = due.find(key);
            auto const choice = chance.uniform(4);
            if (choice == 0) {
                work.add_at(key, cause_kind::requeue, at);
                auto const merged = known == due.end() ? at : std::min(at, known->second.first);
                due[key] = {merged, due[key].second + 1};
            } else if (choice == 1) {
                work.add_at(key, cause_kind::requeue, at, 0, delay_mode::replace);
                due[key] = {at, due[key].second + 1};
            } else if (choice == 2) {
                REQUIRE(work.cancel_delayed(key) == (known != due.end()));
                due.erase(key);
            } else {
                while (auto const run = work.take(now)) {
                    REQUIRE(due.contains(run->key));
                    REQUIRE(due[run->key].first <= now);
                    REQUIRE(run->causes.count() == due[run->key].second);
                    due.erase(run->key);
                    work.done(run->key);
                }
                for (auto const& [waiting, slot] : due)
                    REQUIRE(slot.first > now);
            }
            REQUIRE(work.delayed() == due.size());
        }
    }
}

TEST_CASE("P12 a debounce coalesces a storm of events, and hides none for longer than its limit")
{
    for (std::uint64_t seed = 1; seed <= guarantees::seeds(); ++seed) {
        CAPTURE(seed);
        random_bits chance{seed};
        queue work;
        duration const quiet{1 + chance.uniform(20)};
        duration const most{chance.uniform(100)};
        std::optional<instant> first;
        instant last{};
        bool busy = false;
        instant busy_until{};
        instant now{};
        // Gaps are shorter than `quiet` for long stretches, and longer from time to time.
        for (int step = 0; step < 400; ++step) {
            now += duration{1};
            if (busy && busy_until <= now) {
                work.done(1);
                busy = false;
            }
            if (chance.uniform(40) != 0 && chance.uniform(3) == 0) {
                work.add_debounced(1, cause_kind::changed, now, quiet, most);
                first = first.value_or(now);
                last = now;
            }
            bool const due = first && (now >= *first + most || now >= last + quiet);
            auto const run = work.take(now);
            // Exactly then: not hidden for longer, and not run before.
            REQUIRE(run.has_value() == (due && !busy));
            if (run) {
                first.reset();
                busy = true;
                busy_until = now + duration{1 + chance.uniform(30)};
            }
        }
    }
}
