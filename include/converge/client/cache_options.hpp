// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/expect_span.hpp>
#include <converge/core/time.hpp>
#include <converge/model/object.hpp>

#include <functional>
#include <optional>
#include <utility>

namespace converge {

namespace detail {

/// What an informer, which does not know kinds, does with what it hears.
struct cache_rules {
    /// Changes an object of the cache's kind before it is stored.
    std::function<void(void*)> transform;
    /// A watch that says nothing for so long is taken to be dead; the transport knows, unless set.
    std::optional<duration> silence_max;
};

} // namespace detail

/// How objects of kind `R` are cached: `informer_set::configure(cache_options<pod>{}.transform(…))`.
/// Setters chain.
template <class R>
class cache_options {
public:
    cache_options() = default;

    /// Calls `change` with a private copy of each object before it is stored, to drop what nobody
    /// needs: the copy is cached instead, for all that read this kind here. It must depend on the
    /// object alone. What it does to the name, the namespace, the uid and the resource version is
    /// undone, and the log is told; if it throws, the whole object is stored, and the log is told.
    [[nodiscard]] cache_options transform(std::function<void(object<R>&)> change) &&
    {
        rules_.transform = [change = std::move(change)](void* of) {
            change(*static_cast<object<R>*>(of));
        };
        return std::move(*this);
    }

    /// A watch that says nothing for so long, not even a bookmark, is taken to be dead: another is
    /// begun where it was, which costs one request if it was not. Unless set, what the transport
    /// says (`transport::silence_max`), which knows how often its server sends bookmarks; never
    /// within one process, where no watch dies unnoticed. Zero: never.
    /// @throws errc::invalid if `span < 0`.
    [[nodiscard]] cache_options silent_at_most(duration span) &&
    {
        if (span != duration::zero())
            detail::expect_above_zero(
                "silent_at_most", span,
                "give how long a watch may say nothing, or zero for any time");
        rules_.silence_max = span;
        return std::move(*this);
    }

    [[nodiscard]] detail::cache_rules const& rules() const noexcept { return rules_; }

private:
    detail::cache_rules rules_;
};

} // namespace converge
