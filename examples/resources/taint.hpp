// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace cluster {

enum class taint_effect { no_schedule, prefer_no_schedule, no_execute };
BOOST_DESCRIBE_ENUM(taint_effect, no_schedule, prefer_no_schedule, no_execute)

/// Keeps pods off a node, except those that tolerate it.
struct taint {
    std::string key{};
    std::string value{};
    taint_effect effect = taint_effect::no_schedule;

    friend bool operator==(taint const&, taint const&) = default;
};
BOOST_DESCRIBE_STRUCT(taint, (), (key, value, effect))

enum class toleration_operator { equal, exists };
BOOST_DESCRIBE_ENUM(toleration_operator, equal, exists)

/// Lets a pod onto nodes with matching taints. An empty key with `exists` matches every taint;
/// no effect matches every effect.
struct toleration {
    std::string key{};
    toleration_operator operator_ = toleration_operator::equal;
    std::string value{};
    std::optional<taint_effect> effect{};
    /// How long a `NoExecute` taint is borne; for ever if absent.
    std::optional<std::int64_t> toleration_seconds{};

    friend bool operator==(toleration const&, toleration const&) = default;
};
BOOST_DESCRIBE_STRUCT(toleration, (), (key, operator_, value, effect, toleration_seconds))

[[nodiscard]] inline bool tolerates(toleration const& by, taint const& what)
{
    if (by.effect && *by.effect != what.effect)
        return false;
    bool const exists = by.operator_ == toleration_operator::exists;
    if (by.key.empty())
        return exists;
    return by.key == what.key && (exists || by.value == what.value);
}

/// `dedicated=gpu:NoSchedule`, as `kubectl taint` writes it.
[[nodiscard]] inline std::string to_string(taint const& shown)
{
    auto text = shown.key + (shown.value.empty() ? "" : "=" + shown.value);
    switch (shown.effect) {
    case taint_effect::no_schedule: return text + ":NoSchedule";
    case taint_effect::prefer_no_schedule: return text + ":PreferNoSchedule";
    case taint_effect::no_execute: return text + ":NoExecute";
    }
    return text;
}

} // namespace cluster
