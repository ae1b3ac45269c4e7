// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/any_object.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace converge::detail {

/// The values that one object is found by. Used again and again, so that it allocates nothing.
class index_values {
public:
    void add(std::string_view value) { ends_.push_back((text_ += value).size()); }

    void clear() noexcept
    {
        text_.clear();
        ends_.clear();
    }

    /// What was added since `clear`, in order, each once.
    [[nodiscard]] std::vector<std::string_view> const& sorted()
    {
        sorted_.clear();
        std::size_t begin = 0;
        for (auto const end : ends_) {
            sorted_.push_back(std::string_view{text_}.substr(begin, end - begin));
            begin = end;
        }
        if (sorted_.size() > 1) {
            std::sort(sorted_.begin(), sorted_.end());
            sorted_.erase(std::unique(sorted_.begin(), sorted_.end()), sorted_.end());
        }
        return sorted_;
    }

private:
    std::string text_;
    std::vector<std::size_t> ends_;
    std::vector<std::string_view> sorted_;
};

/// What an index is to a cache, which does not know kinds.
struct index_definition {
    /// Its address is the identity of the index.
    void const* name;
    /// May throw: then the object is not in the index.
    void (*collect)(any_object const& of, index_values& into);
};

} // namespace converge::detail
