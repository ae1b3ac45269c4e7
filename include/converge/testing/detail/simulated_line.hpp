// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/transport.hpp>
#include <converge/async/task.hpp>
#include <converge/async/wake.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/time.hpp>
#include <converge/testing/detail/fault_source.hpp>
#include <converge/testing/detail/watch_judge.hpp>
#include <converge/testing/detail/watched_store.hpp>
#include <converge/testing/world.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace converge::testing::detail {

/// Who asks the api for what is being written.
struct acting {
    std::string who;
    bool judged = false;
    std::shared_ptr<request_origin const> origin;
    /// The step in which the api was asked; what is written in another was not asked for then.
    std::uint64_t step = 0;
};

/// What lies between the processes of a simulation and its api: it owns what is under way.
struct simulated_wire {
    world& in;
    fault_source& faults;
    watched_store& store;
    watch_judge& watches;
    std::shared_ptr<transport> api;
    /// The process that requests belong to while they are under way.
    process carrier;
    acting now{};
    /// Requests that are held up, and connections that show or tell nothing for now.
    std::size_t held_up = 0;
    /// The key of the store whose writes all fail; empty if there is none.
    std::string poisoned{};
    /// For the timeline; may be empty.
    std::function<void(std::string const& who, std::string what)> tell{};
};

/// Counts something as held up while it lives.
class held {
public:
    explicit held(simulated_wire& in) : in_{in} { ++in_.held_up; }
    held(held const&) = delete;
    held& operator=(held const&) = delete;
    ~held() { --in_.held_up; }

private:
    simulated_wire& in_;
};

/// A process's connection to the api: what it sends and sees is disturbed, as the plan says.
class simulated_line final : public transport {
public:
    /// @param owner who is killed or paused with a request under way; nobody if it is not set
    simulated_line(simulated_wire& wire, std::string name, std::optional<process> owner)
        : wire_{wire},
          name_{std::move(name)},
          owner_{owner}
    {}

    [[nodiscard]] CONVERGE_DECL task<response> send(request asked) override;
    [[nodiscard]] CONVERGE_DECL std::unique_ptr<watch_stream> watch(watch_request asked) override;

private:
    class delayed_watch;

    struct exchange {
        explicit exchange(request what) : asked{std::move(what)} {}

        request asked;
        std::string site;
        std::optional<response> answer;
        std::exception_ptr refusal;
        wake arrived;
    };
    [[nodiscard]] CONVERGE_DECL static std::string site_of(std::string const& who,
                                                           request const& asked);
    [[nodiscard]] CONVERGE_DECL static task<> carry(simulated_wire& wire, acting who,
                                                    std::shared_ptr<exchange> load);
    [[nodiscard]] CONVERGE_DECL static std::optional<severity>
    load_fault(simulated_wire& wire, acting const& who, fault_kind kind, std::string const& site);
    [[nodiscard]] CONVERGE_DECL static bool is_write(verb what);
    CONVERGE_DECL static void refuse_hopeless(simulated_wire& wire, acting const& who,
                                              exchange const& load);
    [[nodiscard]] CONVERGE_DECL static task<> annotate(simulated_wire& wire, request asked,
                                                       std::string site);
    [[nodiscard]] CONVERGE_DECL static task<> interfere(simulated_wire& wire, request asked,
                                                        std::string site);
    /// Whether a fault happens; to a line without an owner none does.
    [[nodiscard]] CONVERGE_DECL std::optional<severity> fires(fault_kind kind,
                                                              std::string_view site);
    /// Whether the process stands still from its next step on.
    [[nodiscard]] CONVERGE_DECL bool pauses(std::string const& site);
    CONVERGE_DECL void spawn_carrier(std::shared_ptr<exchange> load);
    CONVERGE_DECL void choose_replica(request& asked, std::string const& site);

    simulated_wire& wire_;
    std::string name_;
    std::optional<process> owner_;
    /// By collection: until when a replica that lags is asked, and from when on lists are answered.
    std::map<std::string, instant> lags_until_;
    std::map<std::string, instant> lists_from_;
    /// By site.
    std::map<std::string, std::uint64_t> sent_;
};

} // namespace converge::testing::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/testing/impl/simulated_line.ipp>
#endif
