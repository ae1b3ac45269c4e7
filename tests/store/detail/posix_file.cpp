// SPDX-License-Identifier: BSL-1.0
#include <converge/store/detail/posix_file.hpp>

#include <converge/core/failure.hpp>

#include "../temporary_folder.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace converge;

namespace {

/// Why the folder of a file cannot be made durable; empty if it was.
[[nodiscard]] std::string reason(std::string const& file)
{
    try {
        detail::sync_folder(file);
    } catch (error const& failed) {
        CHECK(failed.is(errc::unavailable));
        CHECK(std::string{failed.what()}.find(file) != std::string::npos);
        return failed.what();
    }
    return {};
}

} // namespace

TEST_CASE("a name is made durable in its folder, or in the working folder if it names none")
{
    store_test::temporary_folder const folder;
    CHECK(reason(folder.file("any")) == "");
    CHECK(reason("any") == "");
}

TEST_CASE("a folder that is not there, and one that cannot be made durable, are told of")
{
    CHECK(reason("/none/any").find("No such file") != std::string::npos);
    CHECK(reason("/dev/null/any").find("Not a directory") != std::string::npos);
    // It is no folder of a disk.
    CHECK(reason("/proc/any").find("Invalid argument") != std::string::npos);
}
