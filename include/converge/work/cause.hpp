// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/object_ref.hpp>
#include <converge/core/revision.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace converge {

/// Why a key was queued.
enum class cause_kind : std::uint8_t {
    /// The object was there when the controller started.
    initial,
    /// The object itself was created, changed or deleted.
    changed,
    /// An object that it owns changed.
    owned,
    /// Another watched object changed, and a map function named this key.
    watched,
    /// The last run asked for it with `again_in()`.
    requeue,
    /// The last run failed, or asked for it with `again()`.
    retry,
    /// The periodic resync; nothing changed.
    resync,
    /// The cache listed anew after this controller's own writes: whether they were undone before that
    /// nobody saw.
    stale,
    /// The program asked for it.
    external,
};

[[nodiscard]] inline std::string_view to_string(cause_kind kind) noexcept
{
    static constexpr std::array<std::string_view, 9> names{"initial", "changed", "owned",
                                                           "watched", "requeue", "retry",
                                                           "resync",  "stale",   "external"};
    auto const index = static_cast<std::size_t>(kind);
    return index < names.size() ? names[index] : "unknown";
}

/// One reason to run a key: the kind, the object that gave it if that is another one, and the
/// revision of the change. Copies share the source, so that one event that queues a thousand keys
/// keeps one copy of its name.
class cause {
public:
    /// Implicit, so that `queue.add(key, cause_kind::changed)` reads well.
    cause(cause_kind kind) noexcept : kind_{kind} {}
    cause(cause_kind kind, revision at) noexcept : at_{at}, kind_{kind} {}
    cause(cause_kind kind, object_ref source, revision at = {})
        : source_{std::make_shared<object_ref const>(std::move(source))},
          at_{at},
          kind_{kind}
    {}

    [[nodiscard]] cause_kind kind() const noexcept { return kind_; }
    /// Null where the cause is the object itself, or nothing.
    [[nodiscard]] std::shared_ptr<object_ref const> const& source() const noexcept
    {
        return source_;
    }
    [[nodiscard]] revision at() const noexcept { return at_; }

private:
    std::shared_ptr<object_ref const> source_;
    revision at_;
    cause_kind kind_;
};

} // namespace converge
