// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <string>

namespace bench {

/// One connection to etcd's JSON gateway, kept open: HTTP/1.1 without TLS.
class gateway {
public:
    gateway(boost::asio::io_context& context, unsigned short port);

    /// Asks and reads the answer, which must be 200. @throws boost::system::system_error,
    /// std::runtime_error with what etcd says.
    [[nodiscard]] converge::task<std::string> ask(std::string target, std::string body);
    [[nodiscard]] converge::task<> put(std::string key, std::string value);
    /// The answer to a range over everything that begins with `prefix`, as it came: base64 in JSON.
    [[nodiscard]] converge::task<std::string> list(std::string prefix);

private:
    boost::asio::ip::tcp::socket socket_;
    boost::beast::flat_buffer unread_;
};

/// A watch of everything that begins with a prefix, on a connection of its own.
class gateway_watch {
public:
    gateway_watch(boost::asio::io_context& context, unsigned short port);

    /// Returns when etcd says that it watches.
    [[nodiscard]] converge::task<> open(std::string prefix);
    /// Waits for the next message that has events.
    [[nodiscard]] converge::task<> next();

private:
    [[nodiscard]] converge::task<std::string> line();

    boost::asio::ip::tcp::socket socket_;
    boost::beast::flat_buffer unread_;
    boost::beast::http::response_parser<boost::beast::http::buffer_body> answer_;
    std::string text_;
};

/// A put, as an operation of a transaction of the gateway.
[[nodiscard]] std::string put_operation(std::string const& key, std::string const& value);

/// Asks once, waiting on this thread.
[[nodiscard]] std::string get_text(unsigned short port, std::string const& target);

} // namespace bench
