// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/types.h>

#include <string>

namespace bench {

/// An etcd of one member on loopback, at ports that were free; ends with this object.
class etcd_server {
public:
    /// Starts `etcd`, with its data in that folder, and waits until it answers.
    /// @throws std::runtime_error, with the end of its log, if it does not within 20 s.
    explicit etcd_server(std::string const& folder);
    ~etcd_server();
    etcd_server(etcd_server const&) = delete;
    etcd_server& operator=(etcd_server const&) = delete;

    [[nodiscard]] unsigned short port() const noexcept { return port_; }
    /// What it calls itself: "3.4.23".
    [[nodiscard]] std::string const& version() const noexcept { return version_; }

private:
    void start(std::string const& folder, std::string const& log);
    void stop();

    unsigned short port_;
    unsigned short peer_port_;
    pid_t process_ = -1;
    std::string version_;
};

} // namespace bench
