// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/any_object.hpp>
#include <converge/codec/resource_type.hpp>
#include <converge/core/failure.hpp>
#include <converge/store/watch.hpp>

#include <memory>
#include <string>
#include <utility>

namespace converge::detail {

/// Refuses two structs of one collection, as `v1` and `v2` of a kind: an object of one would be
/// taken for the other.
inline void expect_type(resource_type const& asked, resource_type const& found)
{
    if (&asked == &found)
        return;
    auto const named = [](kind_name const& kind) {
        return std::string{kind.kind} + " (" + std::string{kind.api_version} + ")";
    };
    throw error{errc::invalid, named(found.kind) + " is what is held in " + asked.collection +
                                   ", and " + named(asked.kind) +
                                   " was asked for: two structs have one group and plural; use one "
                                   "of them everywhere, or name the group or kind of the other "
                                   "differently"};
}

/// A watch whose objects are what was asked for.
class typed_watch final : public watch_stream {
public:
    typed_watch(resource_type const& type, std::unique_ptr<watch_stream> from)
        : type_{type}, from_{std::move(from)}
    {
    }

    [[nodiscard]] task<watch_batch> next() override
    {
        auto batch = co_await from_->next();
        for (auto const& event : batch.events)
            for (auto const* side : {&event.previous, &event.current})
                if (*side)
                    expect_type(type_, side->type());
        co_return batch;
    }

    [[nodiscard]] revision through() const override { return from_->through(); }

private:
    resource_type const& type_;
    std::unique_ptr<watch_stream> from_;
};

} // namespace converge::detail
