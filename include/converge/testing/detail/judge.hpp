// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/request_origin.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/detail/caught.hpp>
#include <converge/core/revision.hpp>
#include <converge/testing/snapshot.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace converge::testing::detail {

/// One change of the store, as it happened.
struct write_seen {
    revision at{};
    std::string key;
    /// Empty if it was created.
    any_object before;
    /// Empty if it is gone.
    any_object after;
    /// `after` as JSON.
    boost::json::value document;
    /// The process that asked for it; empty if it is not known.
    std::string who;
    /// A plane asked for it.
    bool judged = false;
    /// The reconcile that asked for it, if one did.
    std::shared_ptr<request_origin const> origin;

    [[nodiscard]] any_object const& object() const { return after ? after : before; }
    [[nodiscard]] bool marks_deletion() const
    {
        return before && after && !before.metadata().being_deleted() &&
               after.metadata().being_deleted();
    }
    /// "Pod default/p1 at 57".
    [[nodiscard]] std::string name() const
    {
        return to_string(object().ref()) + " at " + to_string(at);
    }
    [[nodiscard]] std::string doer() const
    {
        return origin ? who + "/" + origin->controller : who.empty() ? "somebody" : who;
    }
};

/// One reconcile, as it began or ended.
struct run_seen {
    std::uint32_t process = 0;
    std::string const* name = nullptr;
    request_origin const* run = nullptr;
    /// See loop_monitor::ended; empty when it begins.
    std::string_view result{};
    std::string_view why{};
};

/// Looks at a run and says what is wrong. One object judges one run.
class judge {
public:
    using accusation = std::function<void(std::string_view oracle, std::string message)>;

    explicit judge(accusation accuse) : accuse_{std::move(accuse)} {}
    judge(judge const&) = delete;
    judge& operator=(judge const&) = delete;
    virtual ~judge() = default;

    virtual void wrote(write_seen const&) {}
    virtual void began(run_seen const&) {}
    virtual void ended(run_seen const&) {}
    /// All that ran in a process is gone.
    virtual void died(std::uint32_t) {}
    /// Faults have stopped, and everything has come to rest.
    virtual void rested(snapshot const&) {}
    /// Two minutes later.
    virtual void quiet(snapshot const&) {}

protected:
    void accuse(std::string_view oracle, std::string message) const
    {
        accuse_(oracle, std::move(message));
    }
    /// Calls code of the scenario in the name of an oracle. What it throws is an accusation:
    /// whoever wrote has nothing to do with it.
    template <class Call>
    void ask(std::string_view oracle, any_object const& about, Call const& call) const
    {
        try {
            call();
        } catch (...) {
            accuse(oracle, "the check throws, asked about " + to_string(about.ref()) + ": " +
                               converge::detail::caught().what());
        }
    }

private:
    accusation accuse_;
};

} // namespace converge::testing::detail
