// SPDX-License-Identifier: BSL-1.0
#include "etcd_server.hpp"

#include "gateway.hpp"

#include "measure/sample.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/parse.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;

unsigned short free_port(boost::asio::io_context& context, std::vector<tcp::acceptor>& held)
{
    auto const loopback = boost::asio::ip::make_address("127.0.0.1");
    return held.emplace_back(context, tcp::endpoint{loopback, 0}).local_endpoint().port();
}

std::string url(unsigned short port) { return "http://127.0.0.1:" + std::to_string(port); }

std::string end_of(std::string const& file)
{
    std::ifstream in{file};
    std::string const all{std::istreambuf_iterator<char>{in}, {}};
    return all.substr(all.size() - std::min<std::size_t>(all.size(), 2000));
}

} // namespace

etcd_server::etcd_server(std::string const& folder)
{
    {
        // Held together, so that the two differ; another program may still take one in between.
        boost::asio::io_context context;
        std::vector<tcp::acceptor> held;
        port_ = free_port(context, held);
        peer_port_ = free_port(context, held);
    }
    auto const log = folder + "/etcd.log";
    start(folder + "/etcd", log);
    auto const begin = steady::now();
    while (version_.empty()) {
        bool const ended = ::waitpid(process_, nullptr, WNOHANG) == process_;
        if (ended)
            process_ = -1;
        if (ended || steady::now() - begin > 20s) {
            stop();
            throw std::runtime_error{"etcd does not answer; the end of its log:\n" + end_of(log)};
        }
        std::this_thread::sleep_for(50ms);
        try {
            auto const answer = get_text(port_, "/version");
            version_ = boost::json::parse(answer).at("etcdserver").as_string();
        } catch (boost::system::system_error const&) {
            // It is not there yet.
        }
    }
}

etcd_server::~etcd_server() { stop(); }

void etcd_server::start(std::string const& folder, std::string const& log)
{
    // All that allocates comes before the fork: behind it, another thread's lock may stay locked.
    std::vector<std::string> arguments{"etcd",
                                       "--data-dir",
                                       folder,
                                       "--listen-client-urls",
                                       url(port_),
                                       "--advertise-client-urls",
                                       url(port_),
                                       "--listen-peer-urls",
                                       url(peer_port_),
                                       "--initial-advertise-peer-urls",
                                       url(peer_port_),
                                       "--initial-cluster",
                                       "default=" + url(peer_port_)};
    std::vector<char*> pointers;
    for (auto& each : arguments)
        pointers.push_back(each.data());
    pointers.push_back(nullptr);
    auto const output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    process_ = ::fork();
    if (process_ < 0)
        throw std::system_error{errno, std::generic_category(), "cannot fork"};
    if (process_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(output, STDERR_FILENO);
        ::execvp("etcd", pointers.data());
        ::_exit(127);
    }
    ::close(output);
}

void etcd_server::stop()
{
    if (process_ < 0)
        return;
    ::kill(process_, SIGTERM);
    auto const begin = steady::now();
    while (::waitpid(process_, nullptr, WNOHANG) == 0) {
        if (steady::now() - begin > 5s)
            ::kill(process_, SIGKILL);
        std::this_thread::sleep_for(10ms);
    }
    process_ = -1;
}

} // namespace bench
