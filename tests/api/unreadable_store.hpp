// SPDX-License-Identifier: BSL-1.0
#pragma once

// A store as one that was opened from a file which another program wrote: some objects cannot be
// decoded, until they are written anew.

#include "store_around.hpp"

#include <converge/codec/encoded_object.hpp>
#include <converge/store/store_key.hpp>

#include <boost/json/serialize.hpp>

#include <set>

namespace api_test {

class unreadable_store : public store_around {
public:
    converge::list_page list(converge::list_query query)
    {
        auto page = good.list(std::move(query));
        for (auto& entry : page.entries) {
            auto const key = converge::store_key(entry.value.type(), entry.value.key());
            if (spoilt.contains(key))
                entry.value = spoil(entry.value);
        }
        return page;
    }
    std::unique_ptr<converge::watch_stream> watch(converge::watch_query query)
    {
        return std::make_unique<stream>(*this, good.watch(std::move(query)));
    }

    std::set<std::string> spoilt;

private:
    class stream final : public converge::watch_stream {
    public:
        stream(unreadable_store& of, std::unique_ptr<converge::watch_stream> from)
            : of_{of}, from_{std::move(from)}
        {
        }
        converge::task<converge::watch_batch> next() override
        {
            auto batch = co_await from_->next();
            for (auto& event : batch.events)
                if (event.previous && of_.spoilt.erase(event.key) != 0)
                    event.previous = spoil(event.previous);
            co_return batch;
        }
        converge::revision through() const override { return from_->through(); }

    private:
        unreadable_store& of_;
        std::unique_ptr<converge::watch_stream> from_;
    };

    static converge::any_object spoil(converge::any_object const& good)
    {
        auto document = good.to_json();
        document.as_object()["apiVersion"] = "of/another";
        return converge::any_object{std::make_shared<converge::encoded_object const>(
            good.type(), boost::json::serialize(document), good.metadata().resource_version)};
    }
};
static_assert(converge::store<unreadable_store>);

} // namespace api_test
