// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/manager/detail/elector.hpp>

#include <converge/async/race.hpp>
#include <converge/async/random_service.hpp>
#include <converge/async/sleep.hpp>
#include <converge/async/time_service.hpp>
#include <converge/core/failure.hpp>
#include <converge/work/backoff.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace converge::detail {

/// The annotation that holds an elector's mark.
inline constexpr char const* candidate_annotation = "converge.dev/candidate";

[[nodiscard]] CONVERGE_DECL std::string hexadecimal(std::uint64_t bits)
{
    std::array<char, 16> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), bits, 16).ptr;
    return {digits.data(), end};
}

CONVERGE_DECL elector::elector(client api, leader_election how, control_context const& context)
    : api_{api.as("leader-election")},
      how_{std::move(how)},
      term_{std::make_shared<leadership>()},
      log_{context.log().in("leader-election").with("lease", to_string(how_.held_by()))},
      metrics_{context.metrics().get(), how_.held_by().name}
{
    term_->on_end([this] { bell_.notify_one(); });
}

CONVERGE_DECL elector::~elector()
{
    // Clients may outlive it.
    term_->on_end({});
    metrics_.ended();
}

CONVERGE_DECL task<> elector::acquire()
{
    auto const where = co_await this_coro::executor;
    auto& chance = random_of(where);
    mark_ = hexadecimal(chance.draw("election.mark"));
    mark_ += hexadecimal(chance.draw("election.mark"));
    backoff_policy const pauses{std::chrono::milliseconds{50}, how_.renew_interval()};
    auto answered = time_of(where).now();
    for (unsigned failures = 0;;) {
        std::optional<failure> wrong;
        try {
            co_await deadline(try_once(), how_.lease_duration());
            if (!tenure_ && taken_)
                co_await wait_free();
        } catch (error const& failed) {
            wrong = failed.reason();
        }
        // A lease that came just at the deadline came.
        if (tenure_)
            co_return;
        failures = wrong ? failures + 1 : 0;
        auto const present = time_of(where).now();
        if (!wrong)
            answered = present;
        else if (present - answered > how_.lease_duration())
            leader_.clear();
        auto const share = chance.unit("election.pause");
        // So that those who wait do not all ask at once.
        auto pause = std::chrono::duration_cast<duration>(how_.lease_duration() / 256 * share);
        if (wrong) {
            report(*wrong, failures);
            pause = pauses.delay(failures - 1, share);
        }
        co_await sleep_for(pause);
    }
}

CONVERGE_DECL task<> elector::try_once()
{
    taken_ = false;
    auto const found = co_await api_.find(how_.held_by());
    if (!found) {
        co_await create();
        co_return;
    }
    leader_ = found->spec.holder_identity;
    if (is_own(*found)) {
        co_await adopt(found);
        co_return;
    }
    taken_ = true;
}

CONVERGE_DECL task<> elector::create()
{
    auto const where = co_await this_coro::executor;
    auto const& clock = time_of(where);
    auto fresh = wanted(clock.wall_now());
    auto expiring = write_options{}.expiring_after(how_.lease_duration());
    auto const asked = clock.now();
    asked_ = true;
    object_ptr<lease> made;
    try {
        made = co_await api_.create(std::move(fresh), std::move(expiring));
    } catch (error const& failed) {
        if (!failed.is(errc::already_exists))
            throw;
    }
    if (made)
        begin(made->metadata.resource_version, asked, clock.now());
}

/// Takes a lease for its own whose creation was never answered.
CONVERGE_DECL task<> elector::adopt(object_ptr<lease> own)
{
    auto const where = co_await this_coro::executor;
    auto const& clock = time_of(where);
    auto const since = own->metadata.resource_version;
    auto only = write_options{}.only_revision(since);
    auto const asked = clock.now();
    co_await api_.renew(how_.held_by(), std::move(only));
    begin(since, asked, clock.now());
}

CONVERGE_DECL task<> elector::wait_free()
{
    try {
        // Looks again now and then, should the watch be one that has fallen silent.
        co_await deadline(api_.wait_gone(how_.held_by()), how_.lease_duration());
        leader_.clear();
    } catch (error const& failed) {
        if (!failed.is(errc::timed_out))
            throw;
    }
}

CONVERGE_DECL task<> elector::keep()
{
    while (term_->lasts()) {
        co_await bell_.wait_until(tenure_->next_attempt());
        if (!term_->lasts())
            break;
        auto const present = co_await now();
        if (present < tenure_->gives_up_at())
            co_await renew_once(present);
        else
            term_->end(failure{errc::timed_out, "the lease could not be renewed in time"});
    }
    metrics_.ended();
    leader_.clear();
    log_.warn("the leadership is lost; all that it allowed stops", {{"why", term_->why().what()}});
}

CONVERGE_DECL task<> elector::renew_once(instant asked)
{
    std::optional<failure> wrong;
    auto only = write_options{}.only_revision(term_->token());
    auto const patience = tenure_->patience(asked);
    try {
        co_await deadline(api_.renew(how_.held_by(), std::move(only)), patience);
    } catch (error const& failed) {
        wrong = failed.reason();
    }
    auto const where = co_await this_coro::executor;
    auto const present = time_of(where).now();
    metrics_.renewed_before(wrong ? tenure_->since_renewal(present) : present - asked);
    if (!wrong) {
        tenure_->renewed(asked);
        co_return;
    }
    metrics_.failed();
    // It is gone, or written by somebody: this was decided, however often one asks.
    if (wrong->is(errc::not_found) || wrong->is(errc::conflict)) {
        term_->end(*std::move(wrong));
        co_return;
    }
    log_.warn("the lease could not be renewed; trying again", {{"why", wrong->what()}});
    tenure_->failed(present, random_of(where).unit("election.retry"));
}

CONVERGE_DECL task<> elector::release()
{
    if (!asked_)
        co_return;
    term_->end(failure{errc::fenced, "the control plane stops"});
    metrics_.ended();
    leader_.clear();
    try {
        co_await deadline(give_back(), how_.renew_interval());
    } catch (error const& failed) {
        log_.warn("the lease could not be given back; it ends by itself", {{"why", failed.what()}});
    }
}

CONVERGE_DECL task<> elector::give_back()
{
    backoff_policy const pauses{std::chrono::milliseconds{50}, std::chrono::seconds{1}};
    for (unsigned failures = 0;; ++failures) {
        bool const done = co_await removed();
        if (done)
            co_return;
        auto const where = co_await this_coro::executor;
        auto const share = random_of(where).unit("election.pause");
        co_await sleep_for(pauses.delay(failures, share));
    }
}

/// @returns false if it is worth trying again.
CONVERGE_DECL task<bool> elector::removed()
{
    try {
        auto const found = co_await api_.find(how_.held_by());
        if (!found || !is_own(*found))
            co_return true;
        auto only = write_options{}.only_revision(found->metadata.resource_version);
        co_await api_.remove(how_.held_by(), std::move(only));
        co_return true;
    } catch (error const& failed) {
        if (failed.is(errc::not_found))
            co_return true;
    }
    co_return false;
}

CONVERGE_DECL bool elector::is_own(object<lease> const& seen) const
{
    auto const& notes = seen.metadata.annotations;
    auto const found = notes.find(candidate_annotation);
    return found != notes.end() && found->second == mark_;
}

CONVERGE_DECL object<lease> elector::wanted(timestamp at) const
{
    object<lease> made{how_.held_by()};
    made.metadata.annotations.emplace(candidate_annotation, mark_);
    made.spec.holder_identity = how_.identity().empty() ? mark_ : how_.identity();
    auto const seconds = std::chrono::ceil<std::chrono::seconds>(how_.lease_duration());
    made.spec.lease_duration_seconds = static_cast<int>(seconds.count());
    made.spec.acquire_time = at;
    made.spec.renew_time = at;
    return made;
}

CONVERGE_DECL void elector::begin(revision since, instant asked, instant present)
{
    tenure const fresh{how_, asked};
    // Whose answer took that long has to ask again first: the lease may end any moment.
    if (present >= fresh.gives_up_at())
        return;
    tenure_ = fresh;
    leader_ = how_.identity().empty() ? mark_ : how_.identity();
    term_->begin(write_fence{how_.held_by(), since});
    metrics_.began();
    log_.info("leads", {{"identity", leader_}, {"since", to_string(since)}});
}

CONVERGE_DECL void elector::report(failure const& wrong, unsigned failures) const
{
    if (std::has_single_bit(failures))
        log_.warn("the lease cannot be asked for; trying again",
                  {{"why", wrong.what()}, {"times", failures}});
}

} // namespace converge::detail
