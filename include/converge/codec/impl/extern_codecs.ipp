// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/extern_codecs.hpp>

#include <converge/codec/known_traits.hpp>
#include <converge/model/condition.hpp>
#include <converge/model/label_selector_spec.hpp>
#include <converge/model/object_meta.hpp>
#include <converge/model/quantity.hpp>

namespace converge::detail {

CONVERGE_KNOWN_CODECS_()

} // namespace converge::detail
