// SPDX-License-Identifier: BSL-1.0
#include "gateway.hpp"

#include "base64.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace bench {

namespace {

namespace http = boost::beast::http;
using boost::asio::use_awaitable;
using boost::asio::ip::tcp;

constexpr unsigned http_1_1 = 11;

tcp::endpoint at(unsigned short port) { return {boost::asio::ip::make_address("127.0.0.1"), port}; }

tcp::socket connected(boost::asio::io_context& context, unsigned short port)
{
    tcp::socket made{context};
    made.connect(at(port));
    made.set_option(tcp::no_delay{true});
    return made;
}

http::request<http::string_body> post(std::string const& target, std::string body)
{
    http::request<http::string_body> made{http::verb::post, target, http_1_1, std::move(body)};
    made.set(http::field::host, "127.0.0.1");
    made.set(http::field::content_type, "application/json");
    made.prepare_payload();
    return made;
}

/// The end of the range of all keys that begin with `prefix`.
std::string behind(std::string prefix)
{
    ++prefix.back();
    return prefix;
}

/// `{"NAME":"BASE64","NAME":"BASE64"}`.
std::string pair_of(std::string_view name, std::string_view value, std::string_view other_name,
                    std::string_view other_value)
{
    std::string text = "{\"";
    text.append(name).append("\":\"").append(base64(value)).append("\",\"");
    return text.append(other_name).append("\":\"").append(base64(other_value)).append("\"}");
}

std::string range_of(std::string const& prefix)
{
    return pair_of("key", prefix, "range_end", behind(prefix));
}

std::string put_body(std::string const& key, std::string const& value)
{
    return pair_of("key", key, "value", value);
}

} // namespace

gateway::gateway(boost::asio::io_context& context, unsigned short port)
    : socket_{connected(context, port)}
{}

converge::task<std::string> gateway::ask(std::string target, std::string body)
{
    auto const asked = post(target, std::move(body));
    co_await http::async_write(socket_, asked, use_awaitable);
    http::response_parser<http::string_body> answer;
    answer.body_limit(std::numeric_limits<std::uint64_t>::max());
    co_await http::async_read(socket_, unread_, answer, use_awaitable);
    if (answer.get().result() != http::status::ok)
        throw std::runtime_error{"etcd refused " + target + ": " + answer.get().body()};
    co_return std::move(answer.get().body());
}

converge::task<> gateway::put(std::string key, std::string value)
{
    std::string target = "/v3/kv/put";
    std::string body = put_body(key, value);
    (void)co_await ask(std::move(target), std::move(body));
}

converge::task<std::string> gateway::list(std::string prefix)
{
    std::string target = "/v3/kv/range";
    std::string body = range_of(prefix);
    auto answer = co_await ask(std::move(target), std::move(body));
    co_return answer;
}

gateway_watch::gateway_watch(boost::asio::io_context& context, unsigned short port)
    : socket_{connected(context, port)}
{
    answer_.body_limit(std::numeric_limits<std::uint64_t>::max());
}

converge::task<> gateway_watch::open(std::string prefix)
{
    auto const asked = post("/v3/watch", R"({"create_request":)" + range_of(prefix) + "}");
    co_await http::async_write(socket_, asked, use_awaitable);
    co_await http::async_read_header(socket_, unread_, answer_, use_awaitable);
    auto const created = co_await line();
    if (created.find(R"("created":true)") == created.npos)
        throw std::runtime_error{"etcd does not watch: " + created};
}

converge::task<> gateway_watch::next()
{
    while (true) {
        auto const message = co_await line();
        if (message.find(R"("events":)") != message.npos)
            break;
    }
}

/// Messages end with a newline; where a chunk ends says nothing.
converge::task<std::string> gateway_watch::line()
{
    while (text_.find('\n') == text_.npos) {
        char space[4096];
        answer_.get().body().data = space;
        answer_.get().body().size = sizeof space;
        boost::system::error_code failed;
        auto report_failure = boost::asio::redirect_error(use_awaitable, failed);
        co_await http::async_read_some(socket_, unread_, answer_, report_failure);
        if (failed && failed != http::error::need_buffer)
            throw boost::system::system_error{failed};
        text_.append(space, sizeof space - answer_.get().body().size);
        if (answer_.is_done())
            throw std::runtime_error{"etcd ended the watch"};
    }
    auto const end = text_.find('\n');
    auto found = text_.substr(0, end);
    text_.erase(0, end + 1);
    co_return found;
}

std::string put_operation(std::string const& key, std::string const& value)
{
    return R"({"request_put":)" + put_body(key, value) + "}";
}

std::string get_text(unsigned short port, std::string const& target)
{
    boost::asio::io_context context;
    auto socket = connected(context, port);
    http::request<http::empty_body> asked{http::verb::get, target, http_1_1};
    asked.set(http::field::host, "127.0.0.1");
    http::write(socket, asked);
    boost::beast::flat_buffer unread;
    http::response<http::string_body> answer;
    http::read(socket, unread, answer);
    return answer.body();
}

} // namespace bench
