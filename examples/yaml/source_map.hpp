// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cluster {

/// Which line of a file each value of a document came from.
class source_map {
public:
    /// Identifies a place of the document.
    using place = std::size_t;
    static constexpr place root = 0;

    source_map() { places_.push_back({1, {}, {}}); }

    void set_line(place of, int line) { places_[of].line = line; }
    place add_member(place in, std::string_view name, int line);
    place add_element(place in, int line);

    /// The line of that member, or of `in` itself if there is none.
    [[nodiscard]] int line_of_member(place in, std::string_view name) const;

    /// The line of the value at `path`, as in `spec.containers[0].ports`, or of the innermost
    /// value around it that the file has. Counted from 1.
    [[nodiscard]] int line_of(std::string_view path) const;

private:
    struct entry {
        int line;
        std::map<std::string, place, std::less<>> members;
        std::vector<place> elements;
    };

    std::vector<entry> places_;
};

} // namespace cluster
