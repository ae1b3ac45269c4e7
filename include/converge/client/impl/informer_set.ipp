// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/client/informer_set.hpp>

#include <converge/api/detail/expected_type.hpp>

#include <memory>

namespace converge {

CONVERGE_DECL std::shared_ptr<informer> const& informer_set::of(resource_type const& type)
{
    auto& made = informers_[type.projection_of == nullptr
                                ? type.collection
                                : type.collection + " " + std::string{type.struct_name}];
    if (made == nullptr) {
        made = std::make_shared<informer>(through_, type, log_);
        if (metrics_ != nullptr)
            made->measured_by(*metrics_);
    }
    detail::expect_type(type, made->type());
    return made;
}

} // namespace converge
