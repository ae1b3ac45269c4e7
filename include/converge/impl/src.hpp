// SPDX-License-Identifier: BSL-1.0
#pragma once

/// @file
/// The bodies of converge alone, for a build that links Boost.JSON: include it in one source file
/// of a program that defines CONVERGE_SEPARATE_COMPILATION. `converge/src.hpp` brings Boost.JSON too.

#include <converge/core/detail/config.hpp>

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#error "define CONVERGE_SEPARATE_COMPILATION for every file of the program, or leave src.hpp out"
#endif

#include <converge/api/impl/admission.ipp>
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
#include <converge/client/impl/informer_set.ipp>
#include <converge/client/impl/leadership.ipp>
#include <converge/client/impl/lent_informer.ipp>
#include <converge/client/impl/object_cache.ipp>
#include <converge/client/impl/write_log.ipp>
#include <converge/codec/impl/core_traits.ipp>
#include <converge/codec/impl/decode.ipp>
#include <converge/codec/impl/decode_context.ipp>
#include <converge/codec/impl/diff.ipp>
#include <converge/codec/impl/encoded_object.ipp>
#include <converge/codec/impl/enum_codec.ipp>
#include <converge/codec/impl/extern_codecs.ipp>
#include <converge/codec/impl/field_set.ipp>
#include <converge/codec/impl/json_patch.ipp>
#include <converge/codec/impl/json_path.ipp>
#include <converge/codec/impl/json_pointer.ipp>
#include <converge/codec/impl/json_traits.ipp>
#include <converge/codec/impl/merge_patch.ipp>
#include <converge/codec/impl/meta_traits.ipp>
#include <converge/codec/impl/number.ipp>
#include <converge/codec/impl/object_codec.ipp>
#include <converge/codec/impl/parse_json.ipp>
#include <converge/codec/impl/quantity_traits.ipp>
#include <converge/codec/impl/resource_type.ipp>
#include <converge/codec/impl/rfc3339.ipp>
#include <converge/codec/impl/shorten.ipp>
#include <converge/codec/impl/value_codec.ipp>
#include <converge/controller/impl/control_context.ipp>
#include <converge/controller/impl/controller_intake.ipp>
#include <converge/controller/impl/controller_loop.ipp>
#include <converge/controller/impl/controller_spec.ipp>
#include <converge/controller/impl/hot_loop_detector.ipp>
#include <converge/controller/impl/late_sources.ipp>
#include <converge/controller/impl/run_recorder.ipp>
#include <converge/controller/impl/time_limits.ipp>
#include <converge/controller/impl/trigger_set.ipp>
#include <converge/core/impl/errc.ipp>
#include <converge/core/impl/failure.ipp>
#include <converge/core/impl/kind_name.ipp>
#include <converge/manager/impl/elector.ipp>
#include <converge/manager/impl/health.ipp>
#include <converge/manager/impl/health_report.ipp>
#include <converge/manager/impl/leader_election.ipp>
#include <converge/manager/impl/plane.ipp>
#include <converge/manager/impl/run.ipp>
#include <converge/manager/impl/work_tracker.ipp>
#include <converge/model/impl/condition.ipp>
#include <converge/model/impl/field_selector.ipp>
#include <converge/model/impl/field_term.ipp>
#include <converge/model/impl/finalizers.ipp>
#include <converge/model/impl/label_requirement.ipp>
#include <converge/model/impl/label_selector.ipp>
#include <converge/model/impl/names.ipp>
#include <converge/model/impl/owner_references.ipp>
#include <converge/model/impl/quantity.ipp>
#include <converge/observe/impl/counter.ipp>
#include <converge/observe/impl/gauge.ipp>
#include <converge/observe/impl/histogram.ipp>
#include <converge/observe/impl/log_record.ipp>
#include <converge/observe/impl/logger.ipp>
#include <converge/observe/impl/memory_sink.ipp>
#include <converge/observe/impl/metric_labels.ipp>
#include <converge/observe/impl/metric_text.ipp>
#include <converge/observe/impl/metrics_registry.ipp>
#include <converge/observe/impl/reconcile_history.ipp>
#include <converge/observe/impl/reconcile_record.ipp>
#include <converge/observe/impl/text_sink.ipp>
#include <converge/store/impl/memory_state.ipp>
#include <converge/store/impl/memory_store.ipp>
