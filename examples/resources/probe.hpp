// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "resources/int_or_string.hpp"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cluster {

/// Runs a command inside the container; exit code 0 is success.
struct exec_action {
    std::vector<std::string> command{};
};
BOOST_DESCRIBE_STRUCT(exec_action, (), (command))

struct http_header {
    std::string name{};
    std::string value{};
};
BOOST_DESCRIBE_STRUCT(http_header, (), (name, value))

/// A GET; any status from 200 to 399 is success. `port` may name a port of the container.
struct http_get_action {
    std::string path = "/";
    int_or_string port{};
    std::string host{};
    std::string scheme{};
    std::vector<http_header> http_headers{};
};
BOOST_DESCRIBE_STRUCT(http_get_action, (), (path, port, host, scheme, http_headers))

/// Being able to connect is success.
struct tcp_socket_action {
    int_or_string port{};
    std::string host{};
};
BOOST_DESCRIBE_STRUCT(tcp_socket_action, (), (port, host))

/// Asks a container how it is; exactly one of the three actions is set.
struct probe {
    static constexpr bool omits_zero = true;

    std::optional<exec_action> exec{};
    std::optional<http_get_action> http_get{};
    std::optional<tcp_socket_action> tcp_socket{};
    int initial_delay_seconds = 0;
    int period_seconds = 10;
    int timeout_seconds = 1;
    int success_threshold = 1;
    int failure_threshold = 3;
};
BOOST_DESCRIBE_STRUCT(probe, (),
                      (exec, http_get, tcp_socket, initial_delay_seconds, period_seconds,
                       timeout_seconds, success_threshold, failure_threshold))

struct lifecycle_handler {
    std::optional<exec_action> exec{};
    std::optional<http_get_action> http_get{};
    std::optional<tcp_socket_action> tcp_socket{};
};
BOOST_DESCRIBE_STRUCT(lifecycle_handler, (), (exec, http_get, tcp_socket))

/// What to do right after the start of a container and right before its end.
struct lifecycle {
    std::optional<lifecycle_handler> post_start{};
    std::optional<lifecycle_handler> pre_stop{};
};
BOOST_DESCRIBE_STRUCT(lifecycle, (), (post_start, pre_stop))

} // namespace cluster
