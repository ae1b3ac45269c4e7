// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/cache_options.hpp>
#include <converge/client/detail/lent_informer.hpp>
#include <converge/client/informer.hpp>
#include <converge/client/view.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/observe/metrics_registry.hpp>

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace converge {

/// The informers of one control plane: one a kind, and one for each projection of it that somebody
/// reads; shared by all its controllers.
class informer_set {
public:
    explicit informer_set(std::shared_ptr<transport> through, logger log = {})
        : through_{std::move(through)},
          log_{std::move(log)}
    {}

    /// The informer of a kind, made at the first call. Call it before `run` starts them.
    /// @throws errc::invalid if that of another struct with the same group and plural was made,
    ///         and this is no projection.
    [[nodiscard]] CONVERGE_DECL std::shared_ptr<informer> const& of(resource_type const& type);

    /// What `view<R, Indexes...>` sees. Before `run` starts the informers, it makes the one that
    /// is needed, with the indexes.
    template <class R, class... Indexes>
    [[nodiscard]] view<R, Indexes...> view_of()
    {
        return view<R, Indexes...>{of(type_of<R>())};
    }

    /// How a kind, or a projection, is cached here. @pre Before its informer runs.
    template <class R>
    void configure(cache_options<R> const& how)
    {
        of(type_of<R>())->configure(how.rules());
    }

    /// The informer of a kind for as long as somebody has what this returns: that which `of` made,
    /// or one that is started now, which all who borrow it share, and which ends with the last of
    /// them. No view sees it. @pre `lend_by`, and this outlives what it returns.
    /// @throws errc::invalid as `of`.
    [[nodiscard]] CONVERGE_DECL std::shared_ptr<informer> borrow(resource_type const& type);

    /// Says how informers are started while the others run: `start` runs a task beside them, and
    /// returns what cancels it. Empty: not any more.
    void lend_by(detail::task_starter start) { start_ = std::move(start); }

    /// The informers that are made from here on tell of themselves there. It must outlive those
    /// calls.
    void measured_by(metrics_registry& registry) noexcept { metrics_ = &registry; }

    /// Those that `of` made, in an order that does not depend on addresses: by the kind's collection, that of the kind
    /// itself before those of projections, which have more behind a space.
    [[nodiscard]] std::map<std::string, std::shared_ptr<informer>> const& all() const noexcept
    {
        return informers_;
    }

private:
    [[nodiscard]] CONVERGE_DECL std::shared_ptr<informer> made(resource_type const& type) const;

    std::shared_ptr<transport> through_;
    logger log_;
    metrics_registry* metrics_ = nullptr;
    std::map<std::string, std::shared_ptr<informer>> informers_;
    detail::task_starter start_;
    std::map<std::string, std::weak_ptr<detail::lent_informer>> lent_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/client/impl/informer_set.ipp>
#endif
