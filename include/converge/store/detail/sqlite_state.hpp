// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/codec/resource_type.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/store/detail/commit_journal.hpp>
#include <converge/store/detail/memory_state.hpp>
#include <converge/store/detail/prepared_writes.hpp>
#include <converge/store/detail/sqlite_file.hpp>
#include <converge/store/sqlite_options.hpp>
#include <converge/store/transaction.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace converge::detail {

/// The whole of a `sqlite_store`: the state in memory, and the journal behind it.
class sqlite_state {
public:
    CONVERGE_DECL sqlite_state(std::string const& file, std::vector<resource_type const*> kinds,
                               sqlite_store_options options);

    /// Checks a commit and hands it to the journal.
    [[nodiscard]] CONVERGE_DECL commit_outcome stage(transaction& wanted,
                                                     std::shared_ptr<journal_entry> const& entry);
    [[nodiscard]] CONVERGE_DECL lease_id grant(duration ttl, instant now,
                                               std::shared_ptr<journal_entry> const& entry);
    /// @returns the end of one lease, or null if none has ended.
    [[nodiscard]] CONVERGE_DECL std::shared_ptr<journal_entry> end_lease(instant now);
    [[nodiscard]] CONVERGE_DECL std::optional<instant> age(instant now);
    CONVERGE_DECL void compact(revision begin);

    [[nodiscard]] memory_state& memory() noexcept { return memory_; }
    [[nodiscard]] commit_journal& journal() noexcept { return *journal_; }
    [[nodiscard]] std::uint64_t incarnation() const noexcept { return incarnation_; }

private:
    CONVERGE_DECL void number_kinds(sqlite_file& file,
                                    std::vector<resource_type const*> const& kinds);
    [[nodiscard]] CONVERGE_DECL std::unique_ptr<version> version_in(change_row const& row,
                                                                    std::string const& file) const;
    [[nodiscard]] CONVERGE_DECL version_chain load(sqlite_file& file);
    [[nodiscard]] CONVERGE_DECL std::vector<std::string>
    encode(std::vector<operation>& operations) const;
    [[nodiscard]] CONVERGE_DECL std::int64_t kind_of(resource_type const& type) const;

    memory_state memory_;
    std::unordered_map<resource_type const*, std::int64_t> kind_ids_;
    std::unordered_map<std::int64_t, resource_type const*> kinds_by_id_;
    /// Of kinds that the file knows and this program does not.
    std::unordered_map<std::int64_t, std::string> strangers_;
    std::uint64_t incarnation_ = 0;
    std::unique_ptr<commit_journal> journal_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/store/impl/sqlite_state.ipp>
#endif
