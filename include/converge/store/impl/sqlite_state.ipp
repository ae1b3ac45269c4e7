// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/detail/sqlite_state.hpp>

#include <converge/codec/encoded_object.hpp>
#include <converge/model/event.hpp>
#include <converge/model/lease.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <future>
#include <string_view>
#include <utility>

namespace converge::detail {

[[nodiscard]] inline std::string kind_text(std::string_view api_version, std::string_view kind)
{
    return std::string{kind} + " (" + std::string{api_version} + ")";
}

CONVERGE_DECL sqlite_state::sqlite_state(std::string const& file,
                                         std::vector<resource_type const*> kinds,
                                         sqlite_store_options options)
    : memory_{options.history}
{
    sqlite_file::options how;
    how.vfs = options.vfs;
    how.wait_for_disk = options.promise == durability::survives_power_loss;
    how.restored = options.restored;
    auto opened = std::make_unique<sqlite_file>(file, std::move(how));
    kinds.push_back(&type_of<event>());
    kinds.push_back(&type_of<lease>());
    number_kinds(*opened, kinds);
    incarnation_ = opened->head().incarnation;
    auto const garbage = load(*opened);
    journal_ = std::make_unique<commit_journal>(memory_, std::move(opened), options);
    journal_->sweep(garbage, memory_.stats().compacted);
}

CONVERGE_DECL void sqlite_state::number_kinds(sqlite_file& file,
                                              std::vector<resource_type const*> const& kinds)
{
    std::int64_t last = 0;
    file.each_kind([&](std::int64_t id, std::string_view api_version, std::string_view kind) {
        last = std::max(last, id);
        auto const found = std::ranges::find_if(kinds, [&](resource_type const* each) {
            return each->kind.api_version == api_version && each->kind.kind == kind;
        });
        if (found == kinds.end()) {
            strangers_.emplace(id, kind_text(api_version, kind));
            return;
        }
        kind_ids_.emplace(*found, id);
        kinds_by_id_.emplace(id, *found);
    });
    std::vector<resource_type const*> added;
    for (auto const* each : kinds)
        if (kind_ids_.emplace(each, last + 1).second) {
            kinds_by_id_.emplace(++last, each);
            added.push_back(each);
        }
    if (added.empty())
        return;
    file.begin();
    for (auto const* each : added)
        file.add_kind(kind_ids_.at(each), each->kind.api_version, each->kind.kind);
    file.commit();
}

/// Puts rows that were read into memory, on another thread while the next are read.
class restoring {
public:
    explicit restoring(memory_state& into) : into_{into} { next_.reserve(chunk); }

    void add(std::string key, std::unique_ptr<version> one)
    {
        next_.push_back({std::move(key), std::move(one)});
        if (next_.size() < chunk)
            return;
        finish();
        running_ =
            std::async(std::launch::async, &restoring::restore, this, std::exchange(next_, {}));
        next_.reserve(chunk);
    }

    void finish()
    {
        if (running_.valid())
            running_.get();
        restore(std::exchange(next_, {}));
    }

private:
    struct row {
        std::string key;
        std::unique_ptr<version> held;
    };
    using rows = std::vector<row>;
    static constexpr std::size_t chunk = 16'384;

    void restore(rows read)
    {
        for (auto& each : read)
            into_.restore(std::move(each.key), std::move(each.held));
    }

    memory_state& into_;
    rows next_;
    std::future<void> running_;
};

CONVERGE_DECL std::unique_ptr<version> sqlite_state::version_in(change_row const& row,
                                                                std::string const& file) const
{
    auto one = std::make_unique<version>();
    one->held.created = revision{static_cast<std::uint64_t>(row.created)};
    one->held.modified = row.at();
    one->held.version = static_cast<std::uint64_t>(row.version);
    one->held.lease = static_cast<lease_id>(row.lease);
    one->place = row.place();
    one->add_bytes(row.value.size());
    if (row.kind == 0)
        return one;
    auto const type = kinds_by_id_.find(row.kind);
    if (type == kinds_by_id_.end()) {
        auto const stranger = strangers_.find(row.kind);
        throw error{
            errc::invalid,
            "\"" + file + "\" holds \"" + std::string{row.key} + "\" of kind " +
                (stranger == strangers_.end() ? std::to_string(row.kind) : stranger->second) +
                ", which was not named when the store was opened: add its struct to "
                "resource_types<...>()"};
    }
    one->held.value = any_object{
        std::make_shared<encoded_object const>(*type->second, std::string{row.value}, row.at())};
    return one;
}

CONVERGE_DECL version_chain sqlite_state::load(sqlite_file& file)
{
    // A row takes some hundred bytes; a wrong guess costs a rehash.
    constexpr std::size_t usual_row = 256;
    memory_.expect(file.size_in_bytes() / usual_row);
    memory_.restore_last_lease(file.head().last_lease);
    file.each_lease([this](lease_id id, duration ttl) { memory_.restore_lease(id, ttl); });
    restoring rows{memory_};
    file.each_change([&](change_row const& row) {
        rows.add(std::string{row.key}, version_in(row, file.name()));
    });
    rows.finish();
    return memory_.restored(file.head().reserved, file.head().compacted);
}

CONVERGE_DECL std::int64_t sqlite_state::kind_of(resource_type const& type) const
{
    auto const found = kind_ids_.find(&type);
    if (found != kind_ids_.end())
        return found->second;
    throw error{errc::invalid,
                "objects of kind " + kind_text(type.kind.api_version, type.kind.kind) +
                    " cannot be stored here: add its struct to the resource_types<...>() that the "
                    "store is opened with"};
}

CONVERGE_DECL std::vector<std::string>
sqlite_state::encode(std::vector<operation>& operations) const
{
    if (operations.size() > change_row::places)
        throw error{errc::too_large, "a transaction of " + std::to_string(operations.size()) +
                                         " operations; at most " +
                                         std::to_string(change_row::places) + " are possible"};
    std::vector<std::string> made;
    made.reserve(operations.size());
    for (auto& each : operations) {
        auto& text = made.emplace_back();
        if (!each.is_put())
            continue;
        (void)kind_of(each.value().type());
        // The row says at which revision; the text was encoded before that is known.
        each.value().metadata().resource_version = {};
        text = boost::json::serialize(each.value().type().encode(each.value().get()));
    }
    return made;
}

CONVERGE_DECL commit_outcome sqlite_state::stage(transaction& wanted,
                                                 std::shared_ptr<journal_entry> const& entry)
{
    journal_->expect_writable();
    encoded_writes encoded{encode(wanted.then), encode(wanted.otherwise)};
    entry->changes.reserve(std::max(encoded.then.size(), encoded.otherwise.size()));
    auto const note = [&entry](auto const& node, version const& what) {
        entry->changes.push_back({&node, &what, 0, {}});
    };
    auto const hand_over = [&](commit_outcome const& outcome) {
        auto& texts = outcome.succeeded ? encoded.then : encoded.otherwise;
        for (auto& each : entry->changes) {
            auto const& value = each.what->held.value;
            each.kind = value ? kind_of(value.type()) : 0;
            each.text = std::move(texts[each.what->place]);
        }
        entry->at = outcome.at;
        journal_->enqueue(entry);
    };
    return memory_.stage(wanted, encoded, note, hand_over);
}

CONVERGE_DECL lease_id sqlite_state::grant(duration ttl, instant now,
                                           std::shared_ptr<journal_entry> const& entry)
{
    journal_->expect_writable();
    return memory_.grant_lease(ttl, now, [&](lease_id granted, revision newest) {
        entry->granted = {granted, ttl};
        entry->at = newest;
        journal_->enqueue(entry);
    });
}

CONVERGE_DECL std::shared_ptr<journal_entry> sqlite_state::end_lease(instant now)
{
    journal_->expect_writable();
    auto const entry = std::make_shared<journal_entry>();
    auto const note = [&entry](auto const& node, version const& what) {
        entry->changes.push_back({&node, &what, 0, {}});
    };
    auto const hand_over = [&](lease_id ended, revision at) {
        entry->ended = ended;
        entry->at = at;
        journal_->enqueue(entry);
    };
    return memory_.stage_ended_lease(now, note, hand_over) ? entry : nullptr;
}

CONVERGE_DECL std::optional<instant> sqlite_state::age(instant now)
{
    after_effects effects;
    return memory_.age(now, effects, [this](version_chain const& garbage, revision window) {
        journal_->sweep(garbage, window);
    });
}

CONVERGE_DECL void sqlite_state::compact(revision begin)
{
    memory_.compact(begin, [this](version_chain const& garbage, revision window) {
        journal_->sweep(garbage, window);
    });
}

} // namespace converge::detail
