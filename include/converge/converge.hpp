// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// Everything for everyday use: resources, stores, clients, controllers, `run`. Not here, because
/// they bring dependencies or belong to tests: `http`, `etcd`, the SQLite store, `testing`.
/// Link Boost.JSON and threads, or include `converge/src.hpp` in one source file.

#include <converge/api/api.hpp>
#include <converge/async/block_on.hpp>
#include <converge/async/nursery.hpp>
#include <converge/async/race.hpp>
#include <converge/async/shield.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>
#include <converge/client/client.hpp>
#include <converge/client/view.hpp>
#include <converge/controller/controller.hpp>
#include <converge/controller/watch_set.hpp>
#include <converge/controller/finalizing.hpp>
#include <converge/manager/health.hpp>
#include <converge/manager/leader_election.hpp>
#include <converge/manager/run.hpp>
#include <converge/model/condition.hpp>
#include <converge/model/object.hpp>
#include <converge/model/owner_references.hpp>
#include <converge/model/quantity.hpp>
#include <converge/observe/reconcile_history.hpp>
#include <converge/store/any_store.hpp>
#include <converge/store/memory_store.hpp>
#include <converge/work/outcome.hpp>
