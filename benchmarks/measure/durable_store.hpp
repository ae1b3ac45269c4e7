// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "measure/clients.hpp"
#include "measure/gadget.hpp"
#include "measure/processor_counts.hpp"

#include <converge/store/sqlite_store.hpp>

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// An SQLite store that clients write to, each its own keys in turn: objects of about 1 KB.
class durable_store {
public:
    static constexpr std::size_t content_bytes = 1000;
    static constexpr std::size_t keys_each = 100;

    durable_store(std::string file, std::size_t clients, converge::durability promise);

    /// Writes until the log was folded into the file once: from then on it is written over, and its
    /// length no longer has to reach the disk.
    void warm_up();

    /// Puts for about `span`.
    [[nodiscard]] answers put(std::size_t clients, steady::duration span);

    /// Where its commits were written to the disk.
    [[nodiscard]] processor_counts& written_on() noexcept { return *written_on_; }

    [[nodiscard]] converge::sqlite_store& store() noexcept { return store_; }

private:
    [[nodiscard]] converge::task<> put_next(std::size_t client);

    std::shared_ptr<processor_counts> written_on_ = std::make_shared<processor_counts>();
    converge::sqlite_store store_;
    std::vector<std::string> keys_;
    std::vector<std::size_t> next_;
    boost::asio::io_context context_{1};
};

[[nodiscard]] inline converge::sqlite_store_options
durable_options(converge::durability promise = converge::durability::survives_power_loss)
{
    converge::sqlite_store_options options;
    options.promise = promise;
    return options;
}

} // namespace bench
