// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/time.hpp>

#include <boost/describe/class.hpp>

#include <optional>
#include <string>

namespace cluster {

struct container_waiting {
    std::string reason{};
    std::string message{};
};
BOOST_DESCRIBE_STRUCT(container_waiting, (), (reason, message))

struct container_running {
    std::optional<converge::timestamp> started_at{};
};
BOOST_DESCRIBE_STRUCT(container_running, (), (started_at))

struct container_terminated {
    int exit_code = 0;
    int signal = 0;
    std::string reason{};
    std::string message{};
    std::optional<converge::timestamp> started_at{};
    std::optional<converge::timestamp> finished_at{};
    std::string container_id{};
};
BOOST_DESCRIBE_STRUCT(container_terminated, (),
                      (exit_code, signal, reason, message, started_at, finished_at, container_id))

/// At most one is set.
struct container_state {
    std::optional<container_waiting> waiting{};
    std::optional<container_running> running{};
    std::optional<container_terminated> terminated{};
};
BOOST_DESCRIBE_STRUCT(container_state, (), (waiting, running, terminated))

/// What the node's agent says about one container.
struct container_status {
    std::string name{};
    container_state state{};
    container_state last_state{};
    bool ready = false;
    int restart_count = 0;
    std::string image{};
    std::string image_id{};
    std::string container_id{};
    std::optional<bool> started{};
};
BOOST_DESCRIBE_STRUCT(container_status, (),
                      (name, state, last_state, ready, restart_count, image, image_id, container_id,
                       started))

} // namespace cluster
