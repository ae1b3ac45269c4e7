// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace converge::detail {

/// Appends `.name`, or `["a.b/c"]` for a name that would not read as one step.
CONVERGE_DECL void append_member(std::string& path, std::string_view name);

CONVERGE_DECL void append_element(std::string& path, std::size_t index);

/// Where a walk through a JSON document is; turned into text only when something is wrong.
class json_path {
public:
    /// @pre `name` outlives the step.
    CONVERGE_DECL void enter_member(std::string_view name);
    CONVERGE_DECL void enter_element(std::size_t index);
    CONVERGE_DECL void leave();

    [[nodiscard]] CONVERGE_DECL std::string str() const;

private:
    struct step {
        std::string_view name;
        std::size_t index;
        bool is_member;
    };

    std::vector<step> steps_;
};

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/json_path.ipp>
#endif
