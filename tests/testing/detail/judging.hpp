// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the tests of judges show them, and what they hear.

#include <converge/codec/described_traits.hpp>
#include <converge/model/owner_references.hpp>
#include <converge/store/store_key.hpp>
#include <converge/testing/detail/judge.hpp>

#include <boost/describe/class.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace judging {

using converge::any_object;
using converge::object;
using converge::revision;
using converge::testing::snapshot;
using converge::testing::detail::judge;
using converge::testing::detail::run_seen;
using converge::testing::detail::write_seen;

struct team {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Team"};
    struct spec {
        int wanted = 0;
    };
    struct status {
        std::int64_t observed_generation = 0;
        std::vector<std::string> members{};
    };
};
BOOST_DESCRIBE_STRUCT(team::spec, (), (wanted))
BOOST_DESCRIBE_STRUCT(team::status, (), (observed_generation, members))

/// Owns seats as well, and holds something else.
struct choir {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Choir"};
    struct spec {
        std::string song{};
    };
};
BOOST_DESCRIBE_STRUCT(choir::spec, (), (song))

struct seat {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Seat"};
    struct spec {
        int number = 0;
    };
};
BOOST_DESCRIBE_STRUCT(seat::spec, (), (number))

template <class R>
object<R> named(std::string name)
{
    object<R> made{name};
    made.metadata.uid = converge::uid{"uid-of-" + name};
    made.metadata.namespace_ = "default";
    return made;
}

inline object<team> team_of(int wanted, std::string name = "a")
{
    auto made = named<team>(std::move(name));
    made.spec.wanted = wanted;
    return made;
}

template <class R>
object<seat> seat_of(object<R> const& owner, std::string name)
{
    auto made = named<seat>(std::move(name));
    made.metadata.owner_references.push_back(converge::controller_reference(owner));
    return made;
}

template <class R>
object<R> marked(object<R> of)
{
    of.metadata.deletion_timestamp = converge::timestamp{std::chrono::seconds{1}};
    return of;
}

/// Shows writes to judges, each at a revision of its own, and collects what they say.
class court {
public:
    [[nodiscard]] judge::accusation hears()
    {
        return [this](std::string_view oracle, std::string text) {
            said.push_back(std::string{oracle} + ": " + std::move(text));
        };
    }

    /// Judged, unless it says otherwise; by the reconcile of `about`, if that is not empty.
    write_seen write(any_object before, any_object after, any_object about = {})
    {
        write_seen one;
        one.at = revision{++newest};
        one.before = std::move(before);
        one.after = std::move(after);
        one.key = converge::store_key(one.object().type(), one.object().key());
        if (one.after)
            one.document = one.after.to_json();
        one.who = "plane";
        one.judged = true;
        if (about) {
            auto const run = std::make_shared<converge::request_origin>();
            run->controller = "teams";
            run->about = std::move(about);
            one.origin = run;
        }
        return one;
    }
    template <class R>
    write_seen made(object<R> after)
    {
        return write({}, any_object{std::move(after)});
    }
    template <class R>
    write_seen changed(object<R> before, object<R> after)
    {
        return write(any_object{std::move(before)}, any_object{std::move(after)});
    }
    template <class R>
    write_seen removed(object<R> before)
    {
        return write(any_object{std::move(before)}, {});
    }

    /// What was said since it was last asked.
    [[nodiscard]] std::vector<std::string> heard() { return std::exchange(said, {}); }

    std::vector<std::string> said;
    std::uint64_t newest = 0;
};

/// All that there is when a judge asks.
class end {
public:
    template <class... Rs>
    explicit end(object<Rs> const&... each)
    {
        (add(any_object{each}), ...);
    }
    [[nodiscard]] operator snapshot() const { return snapshot{all_, revision{100}}; }

private:
    void add(any_object one) { all_.emplace(converge::store_key(one.type(), one.key()), one); }

    snapshot::objects all_;
};

} // namespace judging
