// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/testing/detail/simulated_line.hpp>

#include <converge/async/sleep.hpp>
#include <converge/core/failure.hpp>
#include <converge/store/store_key.hpp>
#include <converge/work/detail/saturating.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace converge::testing::detail {

/// Each way of every request and every batch of a watch takes up to this.
inline constexpr duration longest_way = std::chrono::milliseconds{5};
/// After this a sender gives up.
inline constexpr duration patience = std::chrono::seconds{5};

[[nodiscard]] inline duration part_of_way(fault_source& faults, std::string const& site)
{
    return faults.part_of(longest_way, site);
}

/// Lets a fault take its time; there is no rest meanwhile.
[[nodiscard]] CONVERGE_DECL task<> hold(simulated_wire& wire, duration span)
{
    held const one{wire};
    co_await sleep_for(span);
}

/// A watch whose batches come late, and that may break.
class simulated_line::delayed_watch final : public watch_stream {
public:
    delayed_watch(simulated_line& on, watch_request const& asked,
                  std::unique_ptr<watch_stream> from)
        : wire_{on.wire_},
          line_{on},
          from_{std::move(from)},
          collection_{asked.type().collection},
          prefix_{store_prefix(asked.type(), asked.space())},
          site_{on.name_ + " watch " + collection_},
          through_{asked.after()}
    {}

    [[nodiscard]] task<watch_batch> next() override
    {
        auto const lag = line_.lags_until_.find(collection_);
        if (lag != line_.lags_until_.end() && lag->second > wire_.in.now())
            co_await hold(wire_, lag->second - wire_.in.now());
        if (!coming_)
            coming_ = co_await from_->next();
        co_await sleep_for(part_of_way(wire_.faults, site_));
        using namespace std::chrono_literals;
        if (auto const late = line_.fires(fault_kind::late_event, site_))
            co_await hold(wire_, late->span(1s, 20s));
        if (line_.fires(fault_kind::broken_watch, site_))
            throw error{errc::unavailable, "the connection was reset"};
        if (auto const silent = line_.fires(fault_kind::silent_watch, site_)) {
            co_await hold(wire_, silent->span(20s, 90s));
            throw error{errc::unavailable, "the connection was reset"};
        }
        if (auto const hidden = line_.fires(fault_kind::hidden_event, site_)) {
            line_.lists_from_[collection_] =
                converge::detail::later(wire_.in.now(), hidden->span(1s, 40s));
            throw error{errc::gone, "the history is gone; list again"};
        }
        auto batch = *std::move(coming_);
        coming_.reset();
        wire_.watches.told(line_.name_, prefix_, through_, batch);
        through_ = batch.through;
        if (wire_.tell)
            wire_.tell(line_.name_, "sees " + collection_ + " up to " + to_string(through_));
        co_return batch;
    }

    [[nodiscard]] revision through() const override { return through_; }

private:
    simulated_wire& wire_;
    simulated_line& line_;
    std::unique_ptr<watch_stream> from_;
    std::string collection_;
    std::string prefix_;
    std::string site_;
    std::optional<watch_batch> coming_;
    revision through_{};
};

CONVERGE_DECL std::string simulated_line::site_of(std::string const& who, request const& asked)
{
    std::string site = who;
    site.append(1, ' ').append(to_string(asked.what())).append(1, ' ');
    if (asked.what() == verb::list)
        return site + asked.type().collection;
    return site + store_key(asked.type(), asked.key());
}

CONVERGE_DECL task<response> simulated_line::send(request asked)
{
    auto const load = std::make_shared<exchange>(std::move(asked));
    load->site = site_of(name_, load->asked);
    auto const waits = lists_from_.find(load->asked.type().collection);
    if (load->asked.what() == verb::list && waits != lists_from_.end())
        co_await hold(wire_, waits->second - std::min(waits->second, wire_.in.now()));
    if (fires(fault_kind::refused_request, load->site)) {
        co_await sleep_for(part_of_way(wire_.faults, load->site));
        throw error{errc::unavailable, "too many requests; nothing was done"};
    }
    bool const paused = pauses(load->site);
    // It stands still here.
    if (paused)
        co_await sleep_for(duration::zero());
    if (load->asked.what() == verb::list && load->asked.which().any_replica())
        choose_replica(load->asked, load->site);
    auto const dies = fires(fault_kind::crash_in_request, load->site);
    // The request is on its way before its sender dies, or never.
    if (!dies || dies->coin())
        spawn_carrier(load);
    if (dies) {
        using namespace std::chrono_literals;
        wire_.in.crash(*owner_, 1, dies->span(0s, 30s));
        co_await sleep_for(duration::zero());
    }
    auto const give_up = converge::detail::later(wire_.in.now(), patience);
    bool const arrived = co_await load->arrived.wait_until(give_up);
    if (!arrived)
        throw error{errc::timed_out, "no answer; it may have been done all the same"};
    if (load->refusal)
        std::rethrow_exception(load->refusal);
    co_return *std::move(load->answer);
}

CONVERGE_DECL std::optional<severity> simulated_line::fires(fault_kind kind, std::string_view site)
{
    return owner_ ? wire_.faults.fires(kind, site) : std::nullopt;
}

CONVERGE_DECL bool simulated_line::pauses(std::string const& site)
{
    using namespace std::chrono_literals;
    auto const still = fires(fault_kind::pause, site);
    if (still)
        wire_.in.pause(*owner_, still->span(1s, 60s));
    return still.has_value();
}

CONVERGE_DECL void simulated_line::spawn_carrier(std::shared_ptr<exchange> load)
{
    acting who;
    who.who = name_;
    who.judged = owner_.has_value();
    who.origin = load->asked.origin();
    auto const key = mixed(hash_of(load->site) ^ ++sent_[load->site]);
    wire_.in.spawn(wire_.carrier, carry(wire_, std::move(who), std::move(load)), key);
}

CONVERGE_DECL void simulated_line::choose_replica(request& asked, std::string const& site)
{
    using namespace std::chrono_literals;
    auto const stale = fires(fault_kind::stale_replica, site);
    auto const& collection = asked.type().collection;
    lags_until_.erase(collection);
    if (!stale)
        return;
    auto const newest = wire_.store.newest().value();
    auto const oldest = std::max<std::uint64_t>(1, wire_.store.stats().compacted.value());
    if (newest <= oldest)
        return;
    auto const most = std::min<std::uint64_t>(40, newest - oldest);
    revision const at{newest - std::min(stale->amount(most), most)};
    lags_until_[collection] = converge::detail::later(wire_.in.now(), stale->span(1s, 60s));
    asked = request::list(asked.type(), list_options{asked.which()}.as_of(at)).from(asked.origin());
}

CONVERGE_DECL std::optional<severity> simulated_line::load_fault(simulated_wire& wire,
                                                                 acting const& who, fault_kind kind,
                                                                 std::string const& site)
{
    return who.judged ? wire.faults.fires(kind, site) : std::nullopt;
}

CONVERGE_DECL bool simulated_line::is_write(verb what)
{
    return what != verb::get && what != verb::list && what != verb::renew;
}

/// What the api refuses is the answer. Any other failure is the simulation's own, or the api's, and
/// ends the carrier with it.
CONVERGE_DECL task<> simulated_line::carry(simulated_wire& wire, acting who,
                                           std::shared_ptr<exchange> load)
{
    using namespace std::chrono_literals;
    auto const& site = load->site;
    co_await sleep_for(part_of_way(wire.faults, site));
    if (load_fault(wire, who, fault_kind::lost_request, site))
        co_return;
    if (auto const late = load_fault(wire, who, fault_kind::late_request, site))
        co_await hold(wire, late->span(6s, 180s));
    try {
        refuse_hopeless(wire, who, *load);
        bool const changes = is_write(load->asked.what()) && load->asked.what() != verb::create;
        if (changes && load_fault(wire, who, fault_kind::rival_write, site)) {
            auto look = request::get(load->asked.type(), load->asked.key());
            co_await interfere(wire, std::move(look), site);
        }
        if (wire.tell)
            wire.tell(who.who, site.substr(who.who.size() + 1));
        who.step = wire.in.steps();
        wire.now = who;
        load->answer = co_await wire.api->send(std::move(load->asked));
    } catch (error const&) {
        load->refusal = std::current_exception();
    }
    wire.now = acting();
    if (!load->refusal) {
        if (auto const slow = load_fault(wire, who, fault_kind::slow_answer, site))
            co_await sleep_for(slow->span(100ms, 4s));
        co_await sleep_for(part_of_way(wire.faults, site));
        if (load_fault(wire, who, fault_kind::lost_answer, site))
            co_return;
    }
    load->arrived.notify_one();
}

CONVERGE_DECL void simulated_line::refuse_hopeless(simulated_wire& wire, acting const& who,
                                                   exchange const& load)
{
    auto const& asked = load.asked;
    if (who.judged && is_write(asked.what()) && !wire.poisoned.empty() &&
        store_key(asked.type(), asked.key()) == wire.poisoned)
        throw error{errc::unavailable, "every write of this object fails"};
    if (!asked.which().token().empty() &&
        load_fault(wire, who, fault_kind::expired_token, load.site))
        throw error{errc::gone, "the token has expired; list again"};
}

/// What a rival does that somebody else's program might: it notes something in an annotation. If
/// the api refuses it, that is nothing to the sender, whose request was not refused.
CONVERGE_DECL task<> simulated_line::interfere(simulated_wire& wire, request asked,
                                               std::string site)
{
    try {
        co_await annotate(wire, std::move(asked), std::move(site));
    } catch (error const&) {
        // The object is gone, or nobody may write it: then nobody does.
    }
    wire.now = acting();
}

CONVERGE_DECL task<> simulated_line::annotate(simulated_wire& wire, request asked, std::string site)
{
    auto const& type = asked.type();
    auto const key = asked.key();
    auto const found = co_await wire.api->send(std::move(asked));
    if (!found.object())
        co_return;
    boost::json::object noted;
    noted["converge.dev/rival"] =
        site + " " + to_string(found.object().metadata().resource_version);
    boost::json::object metadata;
    metadata["annotations"] = std::move(noted);
    boost::json::object document;
    document["metadata"] = std::move(metadata);
    write_options rival;
    auto bump = request::patch(verb::patch, type, key, patch_format::merge, std::move(document),
                               std::move(rival).as("rival"));
    wire.now.who = "rival";
    wire.now.step = wire.in.steps();
    co_await wire.api->send(std::move(bump));
}

CONVERGE_DECL std::unique_ptr<watch_stream> simulated_line::watch(watch_request asked)
{
    if (fires(fault_kind::compaction, name_ + " watch " + asked.type().collection))
        wire_.store.compact(wire_.store.newest());
    auto from = wire_.api->watch(asked);
    return std::make_unique<delayed_watch>(*this, asked, std::move(from));
}

} // namespace converge::testing::detail
