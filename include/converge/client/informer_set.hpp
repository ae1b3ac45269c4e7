// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/informer.hpp>
#include <converge/client/view.hpp>
#include <converge/core/detail/config.hpp>

#include <map>
#include <memory>
#include <utility>

namespace converge {

/// The informers of one control plane: one a kind, shared by all its controllers.
class informer_set {
public:
    explicit informer_set(std::shared_ptr<transport> through, logger log = {})
        : through_{std::move(through)}, log_{std::move(log)}
    {
    }

    /// The informer of a kind, made at the first call. Call it before `run` starts them.
    /// @throws errc::invalid if that of another struct with the same group and plural was made.
    [[nodiscard]] CONVERGE_DECL std::shared_ptr<informer> const& of(resource_type const& type);

    template <class R>
    [[nodiscard]] view<R> view_of()
    {
        return view<R>{of(type_of<R>())};
    }

    /// By the kind's collection: an order that does not depend on addresses.
    [[nodiscard]] std::map<std::string, std::shared_ptr<informer>> const& all() const noexcept
    {
        return informers_;
    }

private:
    std::shared_ptr<transport> through_;
    logger log_;
    std::map<std::string, std::shared_ptr<informer>> informers_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/client/impl/informer_set.ipp>
#endif
