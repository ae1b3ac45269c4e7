// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the users of a store did and saw until it crashed, and what was found in its file then.

#include <converge/codec/resource_type.hpp>
#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>

#include <boost/describe/class.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace store_test {

/// The object of the crash tests. Every put has a stamp of its own, so an object that is found
/// says which write it comes from.
struct mark {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Mark"};
    struct spec {
        std::uint64_t stamp = 0;
        std::string padding;
    };
};
BOOST_DESCRIBE_STRUCT(mark::spec, (), (stamp, padding))

/// One in sixteen fills more than a page of the file.
[[nodiscard]] inline std::string padding_of(std::uint64_t stamp)
{
    auto const mixed = stamp * 0x9e3779b97f4a7c15u >> 40;
    return std::string((mixed % 16 == 0 ? 4500 : 20) + mixed % 50,
                       static_cast<char>('a' + mixed % 26));
}

/// One write of one key; a stamp of zero erases it.
struct change {
    std::string key;
    std::uint64_t stamp = 0;
    std::uint64_t lease = 0;

    friend bool operator==(change const&, change const&) = default;
    friend auto operator<=>(change const& one, change const& other)
    {
        return std::tie(one.key, one.stamp, one.lease) <=>
               std::tie(other.key, other.stamp, other.lease);
    }
};
using changes = std::vector<change>;

/// What a transaction would write. The stamps of its puts are those of `stamp_of`.
struct asked_write {
    changes then;
    changes otherwise;
};

inline constexpr std::uint64_t stamps_each = 16;

[[nodiscard]] inline std::uint64_t stamp_of(std::uint64_t id, bool otherwise, std::size_t place)
{
    return id * stamps_each + (otherwise ? stamps_each / 2 : 0) + place;
}

struct sight {
    converge::revision at;
    std::string key;
    std::uint64_t stamp = 0;
};

struct granted_lease {
    converge::duration ttl{};
    /// It cannot end before `since + ttl`.
    converge::instant since{};
};

/// Read from lines of text, one for each thing that was done or seen, before anything was done
/// because of it. A process can then tell another in single, atomic writes.
class crash_log {
public:
    std::map<std::uint64_t, asked_write> asked;
    std::map<std::uint64_t, converge::revision> acknowledged;
    /// Of these, those whose conditions did not hold.
    std::set<std::uint64_t> otherwise;
    /// Answered: nothing was written.
    std::set<std::uint64_t> void_;
    std::vector<sight> seen;
    /// The latest revision that anybody was told of.
    converge::revision newest{};
    std::map<std::uint64_t, granted_lease> leases;
    /// When the users' clock began, and the latest time that the store was told.
    converge::instant clock_begin{};
    converge::instant clock{};
    /// Backups made: between which revisions.
    std::map<std::string, std::pair<converge::revision, converge::revision>> copies;
    /// What was reported as wrong on the spot.
    std::vector<std::string> complaints;

    void read(std::string const& line)
    {
        std::istringstream in{line};
        std::string what;
        in >> what;
        if (what == "ask")
            read_asked(in);
        else if (what == "ack")
            read_acknowledged(in);
        else if (what == "void")
            void_.insert(number(in));
        else if (what == "new")
            see(converge::revision{number(in)});
        else if (what == "saw")
            read_seen(in);
        else if (what == "lease")
            read_lease(in);
        else if (what == "clock")
            clock = clock_begin = time(in);
        else if (what == "tick")
            clock = std::max(clock, time(in));
        else if (what == "copied")
            read_copied(in);
        else
            complaints.push_back(line);
    }

private:
    static std::uint64_t number(std::istream& in)
    {
        std::uint64_t value = 0;
        in >> value;
        return value;
    }

    static converge::instant time(std::istream& in)
    {
        return converge::instant{} + converge::duration{static_cast<std::int64_t>(number(in))};
    }

    converge::revision see(converge::revision at)
    {
        newest = std::max(newest, at);
        return at;
    }

    void read_asked(std::istream& in)
    {
        auto& write = asked[number(in)];
        auto* branch = &write.then;
        for (std::string key; in >> key;) {
            if (key == "else") {
                branch = &write.otherwise;
                continue;
            }
            auto const stamp = number(in);
            branch->push_back({key, stamp, number(in)});
        }
    }

    void read_acknowledged(std::istream& in)
    {
        auto const id = number(in);
        acknowledged[id] = see(converge::revision{number(in)});
        std::string branch;
        if (in >> branch)
            otherwise.insert(id);
    }

    void read_seen(std::istream& in)
    {
        sight one;
        one.at = see(converge::revision{number(in)});
        in >> one.key;
        one.stamp = number(in);
        seen.push_back(std::move(one));
    }

    void read_lease(std::istream& in)
    {
        auto const id = number(in);
        auto const ttl = converge::duration{static_cast<std::int64_t>(number(in))};
        if (!leases.empty() && leases.rbegin()->first == id)
            complaints.push_back("lease " + std::to_string(id) + " was granted twice");
        leases[id] = {ttl, time(in)};
    }

    void read_copied(std::istream& in)
    {
        std::string file;
        in >> file;
        auto const from = converge::revision{number(in)};
        copies[file] = {from, see(converge::revision{number(in)})};
    }
};

[[nodiscard]] inline std::string asking(std::uint64_t id, asked_write const& write)
{
    auto line = "ask " + std::to_string(id);
    auto const add = [&line](changes const& all) {
        for (auto const& each : all)
            line += " " + each.key + " " + std::to_string(each.stamp) + " " +
                    std::to_string(each.lease);
    };
    add(write.then);
    line += " else";
    add(write.otherwise);
    return line;
}

/// What a key holds.
struct held {
    std::uint64_t stamp = 0;
    converge::revision created;
    converge::revision modified;
    std::uint64_t version = 0;
    std::uint64_t lease = 0;

    friend bool operator==(held const&, held const&) = default;
};
using held_keys = std::map<std::string, held>;

inline void apply(held_keys& state, changes const& all, converge::revision at)
{
    for (auto const& each : all) {
        if (each.stamp == 0) {
            state.erase(each.key);
            continue;
        }
        auto& now = state[each.key];
        now.created = now.version == 0 ? at : now.created;
        now.version += 1;
        now.stamp = each.stamp;
        now.modified = at;
        now.lease = each.lease;
    }
}

/// What the end of a lease erases.
[[nodiscard]] inline changes hanging_on(held_keys const& state, std::uint64_t lease)
{
    changes all;
    for (auto const& [key, each] : state)
        if (lease != 0 && each.lease == lease)
            all.push_back({key, 0, 0});
    return all;
}

/// What a store holds that was opened after the crash.
struct recovered {
    std::uint64_t incarnation = 0;
    converge::revision newest{};
    converge::revision compacted{};
    held_keys now;
    /// The whole history; `before` is the stamp that the key had.
    struct event {
        change what;
        std::uint64_t before = 0;
    };
    std::map<converge::revision, std::vector<event>> window;
    /// Some states of the past.
    std::map<converge::revision, held_keys> past;
    std::set<std::uint64_t> leases;
    std::vector<std::string> complaints;
};

} // namespace store_test
