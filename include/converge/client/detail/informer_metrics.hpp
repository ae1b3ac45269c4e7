// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>
#include <converge/observe/metrics_registry.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace converge::detail {

/// What an informer tells of itself. Default-constructed, nothing.
class informer_metrics {
public:
    informer_metrics() = default;
    informer_metrics(metrics_registry& registry, std::string const& kind)
        : objects_{registry.gauge("converge_cache_objects", "Objects in the cache.",
                                  {{"kind", kind}})},
          revision_{registry.gauge("converge_cache_revision", "The revision that the cache shows.",
                                   {{"kind", kind}})},
          heard_{registry.gauge("converge_cache_heard_timestamp_seconds",
                                "When the server was last heard, in seconds since 1970.",
                                {{"kind", kind}})},
          synced_{registry.gauge("converge_cache_synced",
                                 "1 if the cache has held everything at some revision.",
                                 {{"kind", kind}})},
          lists_{registry.counter("converge_cache_lists_total", "Lists that filled the cache.",
                                  {{"kind", kind}})},
          failures_{registry.counter("converge_cache_failures_total",
                                     "Lists and watches that failed.", {{"kind", kind}})},
          silences_{registry.counter("converge_cache_silent_watches_total",
                                     "Watches that said nothing for too long.", {{"kind", kind}})}
    {}

    void listed() const noexcept { lists_.add(1); }
    void failed() const noexcept { failures_.add(1); }
    void silent() const noexcept { silences_.add(1); }
    void synced() const noexcept { synced_.set(1); }
    void gone() const noexcept
    {
        objects_.set(0);
        synced_.set(0);
    }
    void shows(std::size_t objects, revision at) const noexcept
    {
        objects_.set(static_cast<double>(objects));
        revision_.set(static_cast<double>(at.value()));
    }
    void heard(timestamp when) const noexcept
    {
        heard_.set(std::chrono::duration<double>(when.time_since_epoch()).count());
    }

private:
    gauge objects_;
    gauge revision_;
    gauge heard_;
    gauge synced_;
    counter lists_;
    counter failures_;
    counter silences_;
};

} // namespace converge::detail
