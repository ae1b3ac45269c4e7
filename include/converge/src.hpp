// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// Include this in exactly one source file of a program that does not link Boost.JSON: that file
/// then carries its compiled parts, and the program links nothing but threads. Where
/// CONVERGE_SEPARATE_COMPILATION is defined, it carries the bodies of converge as well.

#include <boost/json/src.hpp>

#if defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/impl/src.hpp>
#endif
