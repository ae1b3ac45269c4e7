// SPDX-License-Identifier: BSL-1.0
#include "yaml/source_map.hpp"

#include <algorithm>
#include <charconv>

namespace cluster {

source_map::place source_map::add_member(place in, std::string_view name, int line)
{
    auto const added = places_.size();
    places_.push_back({line, {}, {}});
    places_[in].members.insert_or_assign(std::string{name}, added);
    return added;
}

source_map::place source_map::add_element(place in, int line)
{
    auto const added = places_.size();
    places_.push_back({line, {}, {}});
    places_[in].elements.push_back(added);
    return added;
}

int source_map::line_of_member(place in, std::string_view name) const
{
    auto const member = places_[in].members.find(name);
    return places_[member == places_[in].members.end() ? in : member->second].line;
}

int source_map::line_of(std::string_view path) const
{
    place at = root;
    while (!path.empty()) {
        auto const& here = places_[at];
        bool const quoted = path.starts_with("[\"");
        bool const indexed = !quoted && path.front() == '[';
        if (path.front() == '.')
            path.remove_prefix(1);
        if (indexed) {
            std::size_t index = 0;
            auto const close = std::min(path.find(']'), path.size() - 1);
            std::from_chars(path.data() + 1, path.data() + close, index);
            path.remove_prefix(close + 1);
            if (index >= here.elements.size())
                break;
            at = here.elements[index];
            continue;
        }
        auto const end = quoted ? path.find("\"]") : path.find_first_of(".[");
        auto const name =
            quoted ? path.substr(2, end == path.npos ? end : end - 2) : path.substr(0, end);
        auto const member = here.members.find(name);
        if (member == here.members.end() || end == path.npos) {
            at = member == here.members.end() ? at : member->second;
            break;
        }
        at = member->second;
        path.remove_prefix(end + (quoted ? 2 : 0));
    }
    return places_[at].line;
}

} // namespace cluster
