// SPDX-License-Identifier: BSL-1.0
#include "measure/durable_store.hpp"

#include <utility>

namespace bench {

namespace {

converge::sqlite_store_options counting(std::shared_ptr<processor_counts> const& on,
                                        converge::durability promise)
{
    auto options = durable_options(promise);
    options.on_step = [on](converge::storage_step step) {
        if (step == converge::storage_step::before_commit)
            on->count();
    };
    return options;
}

} // namespace

durable_store::durable_store(std::string file, std::size_t clients, converge::durability promise)
    : store_{std::move(file), converge::resource_types<gadget>(), counting(written_on_, promise)},
      keys_{make_keys(clients * keys_each)},
      next_(clients)
{}

void durable_store::warm_up()
{
    using namespace std::chrono_literals;
    auto const begin = steady::now();
    auto const clients = next_.size();
    std::size_t log = 0;
    for (std::size_t before = 0; before <= log && steady::now() - begin < 20s;) {
        before = log;
        (void)put(clients, 50ms);
        log = store_.health().log_bytes;
    }
}

answers durable_store::put(std::size_t clients, steady::duration span)
{
    return run_clients(context_, clients, span,
                       [this](std::size_t client) { return put_next(client); });
}

converge::task<> durable_store::put_next(std::size_t client)
{
    auto const place = client * keys_each + next_[client]++ % keys_each;
    auto write = put_one(keys_[place], 1, std::string(content_bytes, 'x'));
    (void)co_await store_.commit(std::move(write));
}

} // namespace bench
