// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// The bodies of converge alone, for a build that links Boost.JSON: include it in one source file
/// of a program that defines CONVERGE_SEPARATE_COMPILATION. `converge/src.hpp` brings Boost.JSON too.

#include <converge/core/detail/config.hpp>

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#error "define CONVERGE_SEPARATE_COMPILATION for every file of the program, or leave src.hpp out"
#endif

#include <converge/api/impl/api.ipp>
#include <converge/api/impl/garbage_collector.ipp>
#include <converge/api/impl/lease_keeper.ipp>
#include <converge/async/impl/block_on.ipp>
#include <converge/async/impl/nursery.ipp>
#include <converge/async/impl/race.ipp>
#include <converge/async/impl/random_service.ipp>
#include <converge/async/impl/shield.ipp>
#include <converge/async/impl/sleep.ipp>
#include <converge/async/impl/time_service.ipp>
#include <converge/async/impl/wake.ipp>
#include <converge/client/impl/client.ipp>
#include <converge/client/impl/event_writer.ipp>
#include <converge/client/impl/informer.ipp>
#include <converge/controller/impl/controller_loop.ipp>
#include <converge/core/impl/errc.ipp>
#include <converge/core/impl/failure.ipp>
#include <converge/core/impl/kind_name.ipp>
#include <converge/manager/impl/run.ipp>
#include <converge/store/impl/memory_store.ipp>
