// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace converge::detail {

/// Appends `.name`, or `["a.b/c"]` for a name that would not read as one step.
inline void append_member(std::string& path, std::string_view name)
{
    bool const plain = !name.empty() && name.find_first_of(".[]\"/ ") == std::string_view::npos;
    if (plain) {
        if (!path.empty())
            path += '.';
        path += name;
        return;
    }
    path += "[\"";
    path += name;
    path += "\"]";
}

inline void append_element(std::string& path, std::size_t index)
{
    path += '[' + std::to_string(index) + ']';
}

/// Where a walk through a JSON document is; turned into text only when something is wrong.
class json_path {
public:
    /// @pre `name` outlives the step.
    void enter_member(std::string_view name) { steps_.push_back({name, 0, true}); }
    void enter_element(std::size_t index) { steps_.push_back({{}, index, false}); }
    void leave() { steps_.pop_back(); }

    [[nodiscard]] std::string str() const
    {
        std::string text;
        for (auto const& at : steps_) {
            if (at.is_member)
                append_member(text, at.name);
            else
                append_element(text, at.index);
        }
        return text;
    }

private:
    struct step {
        std::string_view name;
        std::size_t index;
        bool is_member;
    };

    std::vector<step> steps_;
};

} // namespace converge::detail
