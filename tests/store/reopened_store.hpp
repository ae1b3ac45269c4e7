// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/store/sqlite_store.hpp>

#include "store_under_test.hpp"
#include "temporary_folder.hpp"

#include <optional>
#include <string>

namespace store_test {

[[nodiscard]] inline converge::instant at(converge::duration since_start)
{
    return converge::instant{} + since_start;
}

/// A file, opened again and again. It does not wait for the disk, which changes nothing here.
class reopened {
public:
    reopened()
    {
        options.promise = converge::durability::survives_process_crash_only;
        reopen();
    }

    void close()
    {
        user.reset();
        store.reset();
    }

    void reopen()
    {
        close();
        store.emplace(file(), converge::resource_types<gadget>(), options);
        user.emplace(converge::any_store{*store});
    }

    converge::lease_id grant(converge::duration ttl, converge::instant now)
    {
        return user->run(store->grant_lease(ttl, now));
    }
    std::optional<converge::instant> housekeep(converge::instant now)
    {
        return user->run(store->housekeep(now));
    }

    [[nodiscard]] std::string file() const { return folder_.file("store"); }

    converge::sqlite_store_options options;
    std::optional<converge::sqlite_store> store;
    std::optional<session> user;

private:
    temporary_folder folder_;
};

} // namespace store_test
