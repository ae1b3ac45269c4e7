// SPDX-License-Identifier: BSL-1.0
#pragma once

// Scenarios that are as small as they can be, for the tests of what runs scenarios.

#include <converge/async/sleep.hpp>
#include <converge/async/task.hpp>
#include <converge/client/client.hpp>
#include <converge/codec/described_traits.hpp>
#include <converge/core/failure.hpp>
#include <converge/testing/outside.hpp>
#include <converge/testing/simulation.hpp>

#include <boost/describe/class.hpp>

#include <chrono>
#include <filesystem>
#include <string>

namespace small_scenarios {

using converge::testing::scenario;
using converge::testing::simulation;

struct note {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Note"};
    struct spec {
        std::string text{};
    };
};
BOOST_DESCRIBE_STRUCT(note::spec, (), (text))

inline converge::task<> write_note(converge::client api, std::string text)
{
    converge::object<note> made{"note"};
    made.spec.text = std::move(text);
    co_await api.create(made);
}

/// Calls the outside, once in all its lives, and says in a note how that went.
inline converge::task<> call_outside(converge::client api)
{
    converge::key<note> const id{"note"};
    auto const before = co_await api.find<note>(id);
    if (before)
        co_return;
    std::string went = "well";
    try {
        co_await converge::testing::outside("call");
    } catch (converge::error const&) {
        went = "badly";
    }
    co_await write_note(api, went);
}

inline std::string no_bad_note(converge::testing::snapshot const& now)
{
    for (auto const& each : now.all<note>())
        if (each->spec.text == "badly")
            return "Note default/" + each->metadata.name + " says that it went badly";
    return {};
}

inline void declare_sound(simulation& sim)
{
    using namespace std::chrono_literals;
    sim.user("user", [](converge::client api) { return write_note(api, "well"); });
    sim.always("no bad note", no_bad_note);
    sim.faults_for(1s);
}

/// Of all faults there are only those of calls to the outside.
inline void calls_alone(simulation& sim)
{
    using converge::testing::fault_kind;
    for (std::size_t i = 0; i != converge::testing::fault_kinds; ++i) {
        auto const kind = static_cast<fault_kind>(i);
        if (kind != fault_kind::refused_call && kind != fault_kind::slow_call &&
            kind != fault_kind::lost_call_answer)
            sim.chance_of(kind, 0);
    }
}

/// Goes wrong in those of the seeds, about a fifth, that refuse the call.
inline void declare_flawed(simulation& sim)
{
    using namespace std::chrono_literals;
    sim.may_end("caller");
    sim.plane("caller", call_outside);
    sim.always("no bad note", no_bad_note);
    calls_alone(sim);
    sim.chance_of(converge::testing::fault_kind::refused_call, 0.2);
    // A call may be slow before it is refused.
    sim.faults_for(1min);
}

inline scenario const sound{"sound", declare_sound, 30};
inline scenario const flawed{"flawed", declare_flawed, 100};

/// An empty folder, which is the current one as long as this lives.
class working_folder {
public:
    working_folder()
    {
        auto const name = std::filesystem::temp_directory_path() / "converge-test-XXXXXX";
        std::string path = name.string();
        if (::mkdtemp(path.data()) == nullptr)
            throw std::filesystem::filesystem_error{"mkdtemp", path, {}};
        path_ = path;
        std::filesystem::current_path(path_);
    }
    working_folder(working_folder const&) = delete;
    working_folder& operator=(working_folder const&) = delete;
    ~working_folder()
    {
        std::filesystem::current_path(before_);
        std::filesystem::remove_all(path_);
    }

private:
    std::filesystem::path before_ = std::filesystem::current_path();
    std::filesystem::path path_;
};

} // namespace small_scenarios
