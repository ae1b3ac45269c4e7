// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// The JSON forms of every type that converge knows, together: a form must not depend on which
/// of them a source file happened to include.

#include <converge/codec/core_traits.hpp>
#include <converge/codec/described_traits.hpp>
#include <converge/codec/json_traits.hpp>
#include <converge/codec/meta_traits.hpp>
#include <converge/codec/quantity_traits.hpp>

#if defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/detail/extern_codecs.hpp>
#endif
