// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "etcd_server.hpp"
#include "gateway.hpp"

#include "measure/durable_store.hpp"
#include "measure/scratch_folder.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace bench {

/// The two that are compared, with their files in one folder: a store in this process, and etcd
/// in another, reached through its JSON gateway over loopback.
class subjects {
public:
    static constexpr std::size_t most_clients = 64;

    explicit subjects(std::string const& folder);

    void warm_up_ours() { ours_.warm_up(); }
    /// Puts of about 1 KB, by clients that are coroutines on this thread.
    [[nodiscard]] answers put_ours(std::size_t clients, steady::duration span)
    {
        return ours_.put(clients, span);
    }
    [[nodiscard]] answers put_etcd(std::size_t clients, steady::duration span);

    /// Runs a coroutine of `context()` to its end. @throws what it threw.
    void run(converge::task<> body);

    [[nodiscard]] converge::sqlite_store& ours() noexcept { return ours_.store(); }
    [[nodiscard]] etcd_server const& etcd() const noexcept { return etcd_; }
    [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
    [[nodiscard]] scratch_folder const& folder() const noexcept { return folder_; }

private:
    [[nodiscard]] converge::task<> put_next(std::size_t client);

    scratch_folder folder_;
    durable_store ours_;
    etcd_server etcd_;
    boost::asio::io_context context_{1};
    std::deque<gateway> connections_;
    std::vector<std::string> keys_;
    std::vector<std::size_t> next_;
};

} // namespace bench
