// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// The bodies of `converge/testing`: include it in one source file of a program that uses them and
/// defines CONVERGE_SEPARATE_COMPILATION, beside `converge/src.hpp`. `simulation_main` is among
/// them where CLI11 is installed.

#include <converge/core/detail/config.hpp>

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#error "define CONVERGE_SEPARATE_COMPILATION for every file of the program, or leave this out"
#endif

#include <converge/testing/impl/deeds_judge.ipp>
#include <converge/testing/impl/end_state.ipp>
#include <converge/testing/impl/exploration.ipp>
#include <converge/testing/impl/explore.ipp>
#include <converge/testing/impl/explorer.ipp>
#include <converge/testing/impl/fault_plan.ipp>
#include <converge/testing/impl/fault_source.ipp>
#include <converge/testing/impl/object_log.ipp>
#include <converge/testing/impl/rest_judge.ipp>
#include <converge/testing/impl/run_once.ipp>
#include <converge/testing/impl/shrinker.ipp>
#include <converge/testing/impl/simulated_line.ipp>
#include <converge/testing/impl/simulation.ipp>
#if __has_include(<CLI/CLI.hpp>)
#include <converge/testing/impl/simulation_main.ipp>
#endif
#include <converge/testing/impl/simulation_phases.ipp>
#include <converge/testing/impl/simulation_program.ipp>
#include <converge/testing/impl/simulation_state.ipp>
#include <converge/testing/impl/status_judge.ipp>
#include <converge/testing/impl/sweep.ipp>
#include <converge/testing/impl/timeline.ipp>
#include <converge/testing/impl/totals.ipp>
#include <converge/testing/impl/watch_judge.ipp>
#include <converge/testing/impl/watched_store.ipp>
#include <converge/testing/impl/world.ipp>
