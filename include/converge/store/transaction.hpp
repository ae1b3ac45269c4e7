// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/any_object.hpp>
#include <converge/core/revision.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace converge {

/// Names a lease that a store granted; zero is none.
enum class lease_id : std::uint64_t { none = 0 };

/// What a store holds under a key: the object, and the revisions of its creation and of its
/// last change. `version` counts the writes since its creation, from 1.
struct stored {
    any_object value;
    revision created;
    revision modified;
    std::uint64_t version = 0;
    lease_id lease = lease_id::none;
};

/// A condition of a transaction, about the state before it.
class compare {
public:
    enum class test { exists, absent, modified_at, version_is };

    [[nodiscard]] static compare exists(std::string key) { return {test::exists, std::move(key)}; }
    [[nodiscard]] static compare absent(std::string key) { return {test::absent, std::move(key)}; }
    /// The key exists and was last written at `at`.
    [[nodiscard]] static compare modified_at(std::string key, revision at)
    {
        return {test::modified_at, std::move(key), at};
    }

    /// The key exists and was written `times` times since its creation, the creation included.
    [[nodiscard]] static compare version_is(std::string key, std::uint64_t times)
    {
        return {test::version_is, std::move(key), {}, times};
    }

    [[nodiscard]] test what() const noexcept { return what_; }
    [[nodiscard]] std::string const& key() const noexcept { return key_; }
    [[nodiscard]] revision at() const noexcept { return at_; }
    [[nodiscard]] std::uint64_t version() const noexcept { return version_; }

private:
    compare(test what, std::string key, revision at = {}, std::uint64_t version = 0)
        : what_{what}, key_{std::move(key)}, at_{at}, version_{version}
    {
    }

    test what_;
    std::string key_;
    revision at_;
    std::uint64_t version_;
};

/// One write of a transaction: put a value under a key, or erase the key.
class operation {
public:
    /// The store takes the draft over and stamps `metadata().resource_version` at the commit.
    [[nodiscard]] static operation put(std::string key, draft_object value,
                                       lease_id lease = lease_id::none)
    {
        return {std::move(key), std::move(value), lease};
    }
    /// Erasing an absent key writes nothing.
    [[nodiscard]] static operation erase(std::string key) { return {std::move(key), {}, {}}; }

    [[nodiscard]] bool is_put() const noexcept { return static_cast<bool>(value_); }
    [[nodiscard]] std::string const& key() const noexcept { return key_; }
    [[nodiscard]] draft_object& value() noexcept { return value_; }
    [[nodiscard]] lease_id lease() const noexcept { return lease_; }

private:
    operation(std::string key, draft_object value, lease_id lease)
        : key_{std::move(key)}, value_{std::move(value)}, lease_{lease}
    {
    }

    std::string key_;
    draft_object value_;
    lease_id lease_;
};

/// All of `then` if every condition holds, else all of `otherwise`; one revision, or none if
/// nothing is written. A key that is written twice in one branch is refused.
struct transaction {
    std::vector<compare> conditions;
    std::vector<operation> then;
    std::vector<operation> otherwise;

    transaction() = default;
    transaction(transaction&&) = default;
    transaction& operator=(transaction&&) = default;

    transaction& when(compare condition)
    {
        conditions.push_back(std::move(condition));
        return *this;
    }
    transaction& put(std::string key, draft_object value, lease_id lease = lease_id::none)
    {
        then.push_back(operation::put(std::move(key), std::move(value), lease));
        return *this;
    }
    transaction& erase(std::string key)
    {
        then.push_back(operation::erase(std::move(key)));
        return *this;
    }
};

/// What a commit did. `entries` holds, for each operation of the branch that was taken, what the
/// key holds now (put), or held before (erase; nothing if it was absent).
struct commit_outcome {
    bool succeeded = false;
    /// Of this commit; the newest revision before it if nothing was written.
    revision at{};
    std::vector<std::optional<stored>> entries;

    commit_outcome() = default;
};

} // namespace converge
