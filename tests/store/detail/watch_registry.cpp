// SPDX-License-Identifier: BSL-1.0
#include <converge/store/detail/watch_registry.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace converge;

namespace {

/// Which of the prefixes are woken by a change of `key`, in order.
std::vector<std::string> woken_by(std::string const& key, std::vector<std::string> const& prefixes)
{
    detail::watch_registry all;
    std::vector<std::shared_ptr<detail::watcher>> waiting;
    for (auto const& prefix : prefixes) {
        auto& made = waiting.emplace_back(
            std::make_shared<detail::watcher>(watch_query{prefix, revision{1}}));
        all.join(*made);
        all.arm(*made);
    }
    std::vector<std::shared_ptr<detail::watcher>> woken;
    all.collect(key, revision{2}, woken);
    std::vector<std::string> found;
    for (auto const& each : woken)
        found.push_back(each->prefix);
    return found;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("those that wait for less are woken before those that wait for more")
{
    texts const all{"", "a/", "a/b/", "a/b/c", "a/b/d", "b/"};
    CHECK(woken_by("a/b/c", all) == texts{"a/b/c", "a/b/", "a/", ""});
    CHECK(woken_by("b/x", all) == texts{"b/", ""});
}

TEST_CASE("every prefix that ends with a slash is found once, wherever the slashes are")
{
    texts const all{"", "/", "//", "/a/", "/a", "a", "a/"};
    CHECK(woken_by("/a", all) == texts{"/a", "/", ""});
    CHECK(woken_by("//", all) == texts{"//", "/", ""});
    CHECK(woken_by("a", all) == texts{"a", ""});
    CHECK(woken_by("/a/b", all) == texts{"/a/", "/", ""});
}
