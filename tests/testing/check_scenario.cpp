// SPDX-License-Identifier: BSL-1.0
#include <converge/testing/check_scenario.hpp>

#include "scenarios.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

using namespace converge;
using namespace converge::testing;
using namespace small_scenarios;
using converge::testing::detail::explored_for_check;

namespace {

/// Sets a variable of the environment, or removes it, as long as this lives.
class variable {
public:
    variable(char const* name, char const* value) : name_{name}
    {
        if (auto const* before = std::getenv(name))
            before_ = before;
        set(value);
    }
    variable(variable const&) = delete;
    variable& operator=(variable const&) = delete;
    ~variable() { set(before_ ? before_->c_str() : nullptr); }

private:
    void set(char const* value) const
    {
        if (value == nullptr)
            ::unsetenv(name_);
        else
            ::setenv(name_, value, 1);
    }

    char const* name_;
    std::optional<std::string> before_;
};

} // namespace

TEST_CASE("a scenario that holds passes its check") { check_scenario(sound); }

TEST_CASE("a scenario that does not hold fails its check" * doctest::should_fail())
{
    variable const seeds{"CONVERGE_SEEDS", "100"};
    variable const folder{"CONVERGE_TOTALS", nullptr};
    check_scenario(flawed);
}

TEST_CASE("a check runs the seeds of the environment, or those that the scenario asks for")
{
    variable const folder{"CONVERGE_TOTALS", nullptr};
    variable const some{"CONVERGE_SEEDS", "7"};
    CHECK(explored_for_check(sound).seeds == 7);
    variable const empty{"CONVERGE_SEEDS", ""};
    CHECK(explored_for_check(sound).seeds == sound.seeds);
    variable const none{"CONVERGE_SEEDS", nullptr};
    CHECK(explored_for_check(sound).seeds == sound.seeds);
}

TEST_CASE("a number of seeds that is none fails the check")
{
    for (auto const* bad : {"many", "1e6", "-1", "0", "10 "}) {
        variable const seeds{"CONVERGE_SEEDS", bad};
        CHECK_THROWS_WITH_AS((void)explored_for_check(sound), doctest::Contains(bad), error);
    }
}

TEST_CASE("a check goes on with the totals of its scenario and commit")
{
    working_folder const here;
    variable const folder{"CONVERGE_TOTALS", "totals/of/mine"};
    variable const commit{"CONVERGE_COMMIT", "abc"};
    scenario const named{"a/b c", declare_sound, 12};
    variable const none{"CONVERGE_SEEDS", nullptr};
    CHECK(explored_for_check(named).seeds == 12);
    CHECK(std::filesystem::exists("totals/of/mine/a-b-c.json"));
    variable const more{"CONVERGE_SEEDS", "20"};
    CHECK(explored_for_check(named).seeds == 8);
    variable const other{"CONVERGE_COMMIT", "abd"};
    CHECK(explored_for_check(named).seeds == 20);
    variable const unnamed{"CONVERGE_COMMIT", nullptr};
    CHECK_THROWS_AS((void)explored_for_check(named), error);
}
