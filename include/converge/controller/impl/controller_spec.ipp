// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/controller/detail/controller_spec.hpp>

namespace converge::detail {

CONVERGE_DECL controller_spec::controller_spec() = default;
CONVERGE_DECL controller_spec::controller_spec(controller_spec const&) = default;
CONVERGE_DECL controller_spec::controller_spec(controller_spec&&) noexcept = default;
CONVERGE_DECL controller_spec& controller_spec::operator=(controller_spec const&) = default;
CONVERGE_DECL controller_spec& controller_spec::operator=(controller_spec&&) noexcept = default;
CONVERGE_DECL controller_spec::~controller_spec() = default;

} // namespace converge::detail
