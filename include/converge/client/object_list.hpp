// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/revision.hpp>
#include <converge/model/object.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace converge {

/// One page of objects, all as they were at one revision. A range of `object_ptr<R>`.
template <class R>
class object_list {
public:
    object_list() = default;
    object_list(std::vector<object_ptr<R>> items, revision at, std::string token)
        : items_{std::move(items)}, at_{at}, token_{std::move(token)}
    {
    }

    [[nodiscard]] auto begin() const noexcept { return items_.begin(); }
    [[nodiscard]] auto end() const noexcept { return items_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
    [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
    [[nodiscard]] object_ptr<R> const& operator[](std::size_t i) const { return items_[i]; }

    /// The revision that the list shows; a watch after it misses nothing.
    [[nodiscard]] revision at() const noexcept { return at_; }
    /// Not empty if objects follow: `list_options{}.continued(token())`.
    [[nodiscard]] std::string const& token() const noexcept { return token_; }

private:
    std::vector<object_ptr<R>> items_;
    revision at_{};
    std::string token_;
};

} // namespace converge
