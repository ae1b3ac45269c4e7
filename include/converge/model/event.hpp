// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/kind_name.hpp>
#include <converge/core/time.hpp>
#include <converge/core/uid.hpp>

#include <boost/describe/class.hpp>

#include <optional>
#include <string>

namespace converge {

/// Something that happened to an object, told to people. The same happening again raises
/// `count` and `last_timestamp` instead of making another event.
struct event {
    static constexpr kind_name kind{"v1", "Event"};

    struct object_reference {
        std::string api_version{};
        std::string kind{};
        std::string namespace_{};
        std::string name{};
        converge::uid uid{};

        friend bool operator==(object_reference const&, object_reference const&) = default;
    };

    struct event_source {
        std::string component{};

        friend bool operator==(event_source const&, event_source const&) = default;
    };

    struct content {
        object_reference involved_object{};
        /// Why, in one CamelCase word that programs may compare.
        std::string reason{};
        /// What happened, in words for a person.
        std::string message{};
        /// `Normal` or `Warning`.
        std::string type = "Normal";
        int count = 1;
        std::optional<timestamp> first_timestamp{};
        std::optional<timestamp> last_timestamp{};
        event_source source{};
        std::string reporting_component{};

        friend bool operator==(content const&, content const&) = default;
    };
};
BOOST_DESCRIBE_STRUCT(event::object_reference, (), (api_version, kind, namespace_, name, uid))
BOOST_DESCRIBE_STRUCT(event::event_source, (), (component))
BOOST_DESCRIBE_STRUCT(event::content, (),
                      (involved_object, reason, message, type, count, first_timestamp,
                       last_timestamp, source, reporting_component))

} // namespace converge
