// SPDX-License-Identifier: BSL-1.0
#pragma once

// A store that remembers everything in the simplest way: what the real ones must answer.

#include <converge/core/revision.hpp>
#include <converge/store/transaction.hpp>

#include "store_under_test.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace store_test {

/// What a key holds.
struct model_entry {
    int size = 0;
    converge::revision created{};
    converge::revision modified{};
    std::uint64_t version = 0;

    friend bool operator==(model_entry const&, model_entry const&) = default;
};

/// One write of a transaction; without a size it erases.
struct model_write {
    std::string key;
    std::optional<int> size;
};

struct model_event {
    std::string key;
    std::optional<int> now;
    std::optional<int> before;
    converge::revision at{};

    friend bool operator==(model_event const&, model_event const&) = default;
};

[[nodiscard]] inline model_entry to_model(converge::stored const& of)
{
    return {size_of(of.value), of.created, of.modified, of.version};
}

[[nodiscard]] inline std::optional<model_entry> to_model(std::optional<converge::stored> const& of)
{
    return of ? std::optional{to_model(*of)} : std::nullopt;
}

[[nodiscard]] inline model_event to_model(converge::store_event const& of)
{
    auto const size = [](converge::any_object const& value) {
        return value ? std::optional{size_of(value)} : std::nullopt;
    };
    return {of.key, size(of.current), size(of.previous), of.at};
}

[[nodiscard]] inline std::vector<model_event> to_model(std::vector<converge::store_event> const& of)
{
    std::vector<model_event> all;
    for (auto const& each : of)
        all.push_back(to_model(each));
    return all;
}

class store_model {
public:
    using entries = std::map<std::string, model_entry>;
    /// What a key held from a revision on.
    struct span {
        converge::revision from;
        std::optional<model_entry> held;
    };

    /// One whose first commit gets the revision after `begin`.
    explicit store_model(converge::revision begin = {}) : newest_{begin} {}

    [[nodiscard]] converge::revision newest() const { return newest_; }

    /// The spans of a key after the time at which it never was there, in order.
    [[nodiscard]] std::vector<span> const& life(std::string const& key) const
    {
        static std::vector<span> const none;
        auto const found = lives_.find(key);
        return found == lives_.end() ? none : found->second;
    }

    [[nodiscard]] std::optional<model_entry> get(std::string const& key,
                                                 converge::revision at) const
    {
        auto const& spans = life(key);
        auto const later = std::ranges::upper_bound(spans, at, {}, &span::from);
        return later == spans.begin() ? std::nullopt : std::prev(later)->held;
    }
    [[nodiscard]] std::optional<model_entry> get(std::string const& key) const
    {
        return get(key, newest_);
    }

    [[nodiscard]] bool holds(std::vector<converge::compare> const& all, converge::revision at) const
    {
        return std::ranges::all_of(all, [&](converge::compare const& each) {
            auto const now = get(each.key(), at);
            switch (each.what()) {
            case converge::compare::test::exists: return now.has_value();
            case converge::compare::test::absent: return !now.has_value();
            case converge::compare::test::modified_at: return now && now->modified == each.at();
            case converge::compare::test::version_is: return now && now->version == each.version();
            }
            return false;
        });
    }

    /// One commit; takes a revision if it writes anything.
    void apply(std::vector<model_write> const& writes)
    {
        auto const at = newest_.next();
        for (auto const& [key, size] : writes) {
            auto const before = get(key);
            if (!size && !before)
                continue;
            std::optional<model_entry> now;
            if (size)
                now = {*size, before ? before->created : at, at, before ? before->version + 1 : 1};
            lives_[key].push_back({at, now});
            events_.push_back({key, size, before ? std::optional{before->size} : std::nullopt, at});
            newest_ = at;
        }
    }

    [[nodiscard]] entries list(std::string const& prefix, converge::revision at) const
    {
        entries found;
        for (auto const& [key, spans] : lives_)
            if (under(prefix, key))
                if (auto const held = get(key, at))
                    found.emplace(key, *held);
        return found;
    }

    /// The events later than `after`, up to `through`.
    [[nodiscard]] std::vector<model_event>
    events(std::string const& prefix, converge::revision after,
           converge::revision through = converge::revision{~std::uint64_t{}}) const
    {
        std::vector<model_event> found;
        auto each = std::ranges::upper_bound(events_, after, {}, &model_event::at);
        for (; each != events_.end() && each->at <= through; ++each)
            if (under(prefix, each->key))
                found.push_back(*each);
        return found;
    }

    /// Whether a query for `prefix` is about `key`.
    [[nodiscard]] static bool under(std::string const& prefix, std::string const& key)
    {
        return prefix.empty() || prefix.back() == '/' ? key.starts_with(prefix) : key == prefix;
    }

private:
    converge::revision newest_;
    std::map<std::string, std::vector<span>> lives_;
    std::vector<model_event> events_;
};

/// A snapshot by the keys that its objects carry.
[[nodiscard]] inline store_model::entries to_model(converge::list_page const& page)
{
    store_model::entries all;
    for (auto const& each : page.entries)
        all.emplace(key_of(each.value), to_model(each));
    return all;
}

/// The operations that make a store write the same.
[[nodiscard]] inline std::vector<converge::operation>
to_operations(std::vector<model_write> const& writes)
{
    std::vector<converge::operation> made;
    for (auto const& [key, size] : writes)
        made.push_back(size ? converge::operation::put(key, make_gadget(*size, key))
                            : converge::operation::erase(key));
    return made;
}

} // namespace store_test
