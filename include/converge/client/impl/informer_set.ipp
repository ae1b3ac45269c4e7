// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/informer_set.hpp>

#include <converge/api/detail/expected_type.hpp>

#include <memory>

namespace converge {

namespace detail {

[[nodiscard]] inline std::string name_of_cache(resource_type const& type)
{
    return type.projection_of == nullptr ? type.collection
                                         : type.collection + " " + std::string{type.struct_name};
}

} // namespace detail

CONVERGE_DECL std::shared_ptr<informer> informer_set::made(resource_type const& type) const
{
    auto fresh = std::make_shared<informer>(through_, type, log_);
    if (metrics_ != nullptr)
        fresh->measured_by(*metrics_);
    return fresh;
}

CONVERGE_DECL std::shared_ptr<informer> const& informer_set::of(resource_type const& type)
{
    auto& known = informers_[detail::name_of_cache(type)];
    if (known == nullptr)
        known = made(type);
    detail::expect_type(type, known->type());
    return known;
}

CONVERGE_DECL std::shared_ptr<informer> informer_set::borrow(resource_type const& type)
{
    auto const name = detail::name_of_cache(type);
    if (auto const permanent = informers_.find(name); permanent != informers_.end()) {
        detail::expect_type(type, permanent->second->type());
        return permanent->second;
    }
    std::erase_if(lent_, [](auto const& each) { return each.second.expired(); });
    auto loan = lent_[name].lock();
    if (loan == nullptr) {
        loan = std::make_shared<detail::lent_informer>(made(type), start_);
        lent_[name] = loan;
    }
    detail::expect_type(type, loan->get().type());
    return {loan, &loan->get()};
}

} // namespace converge
