// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace autoscaling {

/// `ssd-small-1f2e3d4c`: the type, and a hash of the uid of the pod that the machine is first
/// created for. The same decision taken again, after a crash, names the same machine.
/// @param attempt counts the machines of that name that failed before.
[[nodiscard]] inline std::string machine_name(std::string_view type, std::string_view pod_uid,
                                              int attempt = 0)
{
    constexpr std::uint32_t prime = 16777619u;
    std::uint32_t hash = 2166136261u;
    auto const text = std::string{pod_uid} + (attempt == 0 ? "" : "#" + std::to_string(attempt));
    for (char const c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * prime;
    std::string name{type};
    name += '-';
    for (int shift = 28; shift >= 0; shift -= 4)
        name += "0123456789abcdef"[(hash >> shift) & 0xf];
    return name;
}

} // namespace autoscaling
