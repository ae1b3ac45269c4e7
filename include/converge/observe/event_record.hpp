// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/object_ref.hpp>
#include <converge/core/time.hpp>
#include <converge/core/uid.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace converge {

/// Something that a component found out about an object. Facts are the same if all parts are.
struct event_fact {
    object_ref object{};
    converge::uid uid{};
    /// `Normal`, or `Warning` for what the owner of the object should look at.
    std::string type{"Normal"};
    /// One word for programs: `Scheduled`, `FailedScheduling`.
    std::string reason{};
    /// One sentence for people. What varies from one occurrence to the next does not belong here.
    std::string message{};
    /// Who found out: `scheduler`, `kubelet`.
    std::string component{};

    event_fact() = default;
    event_fact(object_ref about, converge::uid life, std::string kind, std::string why,
               std::string text, std::string who)
        : object{std::move(about)},
          uid{std::move(life)},
          type{std::move(kind)},
          reason{std::move(why)},
          message{std::move(text)},
          component{std::move(who)}
    {}
};

/// How an event must be written.
enum class event_write {
    /// Create the event. One of that name may exist, left by an earlier run of the program: then
    /// add `count` to its count and set its last time.
    create,
    /// Set count, message and last time of the event; create it if it has expired.
    update,
};

/// What an `event_recorder` wants written: in the namespace of the object (`default` if it has
/// none), under `name`.
struct event_record {
    event_write write = event_write::create;
    /// The name of the object, a dot, and 16 hexadecimal digits that stand for the fact: the same
    /// after a restart.
    std::string name{};
    event_fact fact{};
    /// How often the fact occurred, also when nothing was written.
    std::uint32_t count = 1;
    timestamp first{};
    timestamp last{};

    event_record() = default;
    event_record(event_write how, std::string event_name, event_fact what)
        : write{how},
          name{std::move(event_name)},
          fact{std::move(what)}
    {}
};

} // namespace converge
