// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <compare>
#include <string>

namespace converge {

/// Names one object of any kind, for error messages, events and logs.
struct object_ref {
    std::string kind{};
    std::string namespace_{};
    std::string name{};

    auto operator<=>(object_ref const&) const = default;
};

/// `Web default/blog`; `Node n1` where there is no namespace.
[[nodiscard]] inline std::string to_string(object_ref const& ref)
{
    return ref.kind + " " + (ref.namespace_.empty() ? "" : ref.namespace_ + "/") + ref.name;
}

} // namespace converge
