// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/key.hpp>
#include <converge/core/revision.hpp>
#include <converge/model/field_selector.hpp>
#include <converge/model/label_selector.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace converge {

/// Which objects of a kind: `list_options{}.in("prod").matching(selector).pages_of(500)`.
/// Everything, by default.
class list_options {
public:
    list_options() {}
    list_options(in_namespace space) : namespace_{std::move(space.value)} {}

    [[nodiscard]] list_options in(std::string space) &&
    {
        namespace_ = std::move(space);
        return std::move(*this);
    }
    [[nodiscard]] list_options matching(label_selector selector) &&
    {
        labels_ = std::move(selector);
        return std::move(*this);
    }
    [[nodiscard]] list_options where(field_selector selector) &&
    {
        fields_ = std::move(selector);
        return std::move(*this);
    }
    /// At most `limit` objects an answer; zero is all.
    [[nodiscard]] list_options pages_of(std::size_t limit) &&
    {
        limit_ = limit;
        return std::move(*this);
    }
    /// The page after the one that gave `token`; all pages show one revision.
    [[nodiscard]] list_options continued(std::string token) &&
    {
        token_ = std::move(token);
        return std::move(*this);
    }

    /// As it was at `at`; zero is now.
    [[nodiscard]] list_options as_of(revision at) &&
    {
        at_ = at;
        return std::move(*this);
    }
    /// May be answered by a replica that lags behind, with an older revision than others have seen:
    /// for who follows with a watch and so sees the rest. Cheaper where there are replicas.
    [[nodiscard]] list_options from_any_replica() &&
    {
        any_replica_ = true;
        return std::move(*this);
    }

    /// Empty: all namespaces.
    [[nodiscard]] std::string const& space() const noexcept { return namespace_; }
    [[nodiscard]] label_selector const& labels() const noexcept { return labels_; }
    [[nodiscard]] field_selector const& fields() const noexcept { return fields_; }
    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
    [[nodiscard]] std::string const& token() const noexcept { return token_; }
    [[nodiscard]] revision at() const noexcept { return at_; }
    [[nodiscard]] bool any_replica() const noexcept { return any_replica_; }

private:
    std::string namespace_;
    label_selector labels_;
    field_selector fields_;
    std::size_t limit_ = 0;
    std::string token_;
    revision at_{};
    bool any_replica_ = false;
};

} // namespace converge
