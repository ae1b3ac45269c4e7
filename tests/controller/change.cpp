// SPDX-License-Identifier: BSL-1.0
#include <converge/controller/change.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

namespace {

struct lamp {
    static constexpr converge::kind_name kind{"test.converge.dev/v1", "Lamp"};
    struct spec {
        bool on = false;
    };
};
BOOST_DESCRIBE_STRUCT(lamp::spec, (), (on))

converge::object_ptr<lamp> lamp_at(std::int64_t generation, bool deleted = false,
                                   std::string uid = "1")
{
    converge::object<lamp> made{"l"};
    made.metadata.generation = generation;
    made.metadata.uid = converge::uid{std::move(uid)};
    if (deleted)
        made.metadata.deletion_timestamp.emplace();
    return std::make_shared<converge::object<lamp> const>(std::move(made));
}

converge::change<lamp> from(converge::object_ptr<lamp> before, converge::object_ptr<lamp> after)
{
    converge::change<lamp> made;
    made.before = std::move(before);
    made.after = std::move(after);
    return made;
}

} // namespace

TEST_CASE("deletion_started is the one change in which the mark appears")
{
    CHECK(from(lamp_at(1), lamp_at(1, true)).deletion_started());
    CHECK(from(nullptr, lamp_at(1, true)).deletion_started());
    CHECK_FALSE(from(lamp_at(1, true), lamp_at(1, true)).deletion_started());
    CHECK_FALSE(from(lamp_at(1), lamp_at(2)).deletion_started());
    CHECK_FALSE(from(lamp_at(1, true), nullptr).deletion_started());
}

TEST_CASE("generation_changed is true of a change of what is desired, and of a new life")
{
    CHECK(from(lamp_at(1), lamp_at(2)).generation_changed());
    CHECK(from(nullptr, lamp_at(1)).generation_changed());
    CHECK(from(lamp_at(1), nullptr).generation_changed());
    CHECK(from(lamp_at(1), lamp_at(1, false, "2")).generation_changed());
    CHECK_FALSE(from(lamp_at(1), lamp_at(1)).generation_changed());
}
