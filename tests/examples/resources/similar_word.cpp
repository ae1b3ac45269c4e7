// SPDX-License-Identifier: BSL-1.0
#include "resources/similar_word.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_CASE("similar words differ in few letters; of equals the one that begins alike is meant")
{
    std::vector<std::string> const disks{"hdd", "nvme", "ssd"};
    CHECK(cluster::similar_word("sdd", disks) == "ssd");
    CHECK(cluster::similar_word("hd", disks) == "hdd");
    CHECK(cluster::similar_word("ssd", std::vector<std::string>{"ssd"}).empty());
    CHECK(cluster::similar_word("floppy", disks).empty());
    CHECK(cluster::similar_word("", disks).empty());
    CHECK(cluster::similar_word(std::string(200, 's'), disks).empty());
}
