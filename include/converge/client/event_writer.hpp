// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/transport.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/model/event.hpp>
#include <converge/model/object.hpp>
#include <converge/observe/event_recorder.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace converge {

/// Writes facts about objects as `event` objects, aggregated by an `event_recorder`. They go an
/// hour after they were last written.
///
/// @par Threads  Any number of strands may share one.
class event_writer {
public:
    /// Writes what the recorder of `by` wants written about `fact`; refusals of the api are
    /// dropped.
    /// @par Cancellation  The event may have been written.
    [[nodiscard]] CONVERGE_DECL static task<> write(std::shared_ptr<event_writer> by,
                                                    std::shared_ptr<transport> through,
                                                    std::string api_version, event_fact fact);

private:
    [[nodiscard]] CONVERGE_DECL std::optional<event_record> record(event_fact fact, timestamp now);

    [[nodiscard]] CONVERGE_DECL static object<event> describe(event_record const& record,
                                                              std::string api_version);

    /// @returns whether it was created, or refused for another reason than its name being taken.
    [[nodiscard]] CONVERGE_DECL static task<bool> create(std::shared_ptr<transport> through,
                                                         object<event> fresh);

    [[nodiscard]] CONVERGE_DECL static task<> raise(std::shared_ptr<transport> through,
                                                    key<event> id, object<event> fresh,
                                                    event_write how);

    [[nodiscard]] CONVERGE_DECL static draft_object draft(object<event> from);

    std::mutex mutex_;
    event_recorder recorder_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/client/impl/event_writer.ipp>
#endif
