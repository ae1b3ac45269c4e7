// SPDX-License-Identifier: BSL-1.0
#pragma once

// Bodies that are not templates stand in `impl/*.ipp`. By default every header brings its own, and
// nothing has to be built or linked. A program of many files defines
// CONVERGE_SEPARATE_COMPILATION for all of them and includes <converge/src.hpp> in exactly one: a
// file that uses a controller then compiles in a fifth of the time (tests/checks measures it).
#if defined(CONVERGE_SEPARATE_COMPILATION)
#define CONVERGE_DECL
#else
#define CONVERGE_DECL inline
#endif
