// SPDX-License-Identifier: BSL-1.0
#pragma once

// What clients of a store saw, and when: the material of the history checker.

#include "store_model.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace store_test {

/// One call and its answer. Times are ticks of one counter: a call that returned at a smaller tick
/// than another was called ended before it began.
struct recorded {
    enum class kind { commit, get, list, past_list };

    kind what = kind::commit;
    std::uint64_t called = 0;
    std::uint64_t returned = 0;

    /// Of a commit.
    std::vector<converge::compare> conditions;
    std::vector<model_write> then;
    std::vector<model_write> otherwise;
    bool succeeded = false;
    /// For each operation what the key holds now (put) or held before (erase). Of a get: one.
    std::vector<std::optional<model_entry>> entries;

    /// The key of a get, the prefix of a list.
    std::string key;
    /// What the answer says about its revision; a get says nothing.
    converge::revision at{};
    store_model::entries listed;

    [[nodiscard]] std::vector<model_write> const& taken() const
    {
        return succeeded ? then : otherwise;
    }

    /// Whether the answer says that the commit took a revision.
    [[nodiscard]] bool wrote() const
    {
        if (what != kind::commit)
            return false;
        for (std::size_t i = 0; i < taken().size(); ++i)
            if (taken()[i].size || (i < entries.size() && entries[i]))
                return true;
        return false;
    }
};

using history = std::vector<recorded>;

/// A client that notes all it does; one for each thread, with one clock.
class recording_client {
public:
    recording_client(converge::any_store store, std::atomic<std::uint64_t>& clock)
        : user_{std::move(store)},
          clock_{clock}
    {}

    recorded const& commit(std::vector<converge::compare> conditions, std::vector<model_write> then,
                           std::vector<model_write> otherwise = {})
    {
        auto& note = begin(recorded::kind::commit);
        note.conditions = conditions;
        note.then = std::move(then);
        note.otherwise = std::move(otherwise);
        converge::transaction wanted;
        wanted.conditions = std::move(conditions);
        wanted.then = to_operations(note.then);
        wanted.otherwise = to_operations(note.otherwise);
        note.called = ++clock_;
        auto const outcome = user_.commit(std::move(wanted));
        note.returned = ++clock_;
        note.succeeded = outcome.succeeded;
        note.at = outcome.at;
        for (auto const& each : outcome.entries)
            note.entries.push_back(to_model(each));
        return note;
    }

    std::optional<model_entry> get(std::string key)
    {
        auto& note = begin(recorded::kind::get);
        note.key = key;
        note.called = ++clock_;
        auto const found = user_.get(std::move(key));
        note.returned = ++clock_;
        note.entries.push_back(to_model(found));
        return note.entries[0];
    }

    /// At a past revision, or at the newest.
    recorded const& list(std::string prefix, converge::revision at = {})
    {
        auto& note = begin(at ? recorded::kind::past_list : recorded::kind::list);
        note.key = prefix;
        note.called = ++clock_;
        auto const page = user_.list(std::move(prefix), at);
        note.returned = ++clock_;
        note.at = page.at;
        note.listed = to_model(page);
        return note;
    }

    [[nodiscard]] history const& noted() const { return noted_; }
    session& user() { return user_; }

private:
    recorded& begin(recorded::kind what)
    {
        noted_.emplace_back().what = what;
        return noted_.back();
    }

    session user_;
    std::atomic<std::uint64_t>& clock_;
    history noted_;
};

/// Does whatever comes to its mind, mostly what was right a moment ago.
class random_client : public recording_client {
public:
    random_client(converge::any_store store, std::atomic<std::uint64_t>& clock, unsigned number)
        : recording_client{std::move(store), clock},
          random_{number},
          next_size_{static_cast<int>(number) * 1'000'000}
    {}

    void step() { below(5) < 2 ? read() : write(); }

    void read()
    {
        switch (below(4)) {
        case 0: last_listed_ = list(below(2) == 0 ? "a/" : any_key()).at; break;
        case 1: last_listed_ = list("a/", last_listed_).at; break;
        default: get(any_key()); break;
        }
    }

    void write()
    {
        switch (below(6)) {
        case 0: swap(); break;
        case 1: replace_some(); break;
        case 2: commit({}, {{any_key(), std::nullopt}}); break;
        default: commit({}, {{any_key(), ++next_size_}}); break;
        }
    }

private:
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
    [[nodiscard]] std::string any_key() { return "a/" + std::to_string(below(5)); }

    /// Reads a key, then writes it if it did not change.
    void swap()
    {
        auto const key = any_key();
        auto const seen = get(key);
        auto condition = !seen             ? converge::compare::absent(key)
                         : below(2) == 0   ? converge::compare::modified_at(key, seen->modified)
                                           : converge::compare::version_is(key, seen->version);
        commit({std::move(condition)}, {{key, ++next_size_}});
    }

    /// Writes several keys, one way or the other.
    void replace_some()
    {
        auto const first = below(5);
        auto const key = [first](std::uint64_t i) {
            return "a/" + std::to_string((first + i) % 5);
        };
        auto const size = ++next_size_;
        commit({below(2) == 0 ? converge::compare::exists(key(0))
                              : converge::compare::absent(key(1))},
               {{key(0), size}, {key(1), size}, {key(2), std::nullopt}},
               below(2) == 0 ? std::vector<model_write>{}
                             : std::vector<model_write>{{key(1), size}, {key(3), std::nullopt}});
    }

    std::mt19937_64 random_;
    int next_size_;
    converge::revision last_listed_{};
};

/// One history of many clients' notes.
inline void join(history& all, recording_client const& client)
{
    all.insert(all.end(), client.noted().begin(), client.noted().end());
}

} // namespace store_test
