// SPDX-License-Identifier: BSL-1.0
#include <converge/observe/metrics.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using converge::metrics_registry;

std::size_t lines_with(std::string const& text, std::string_view part)
{
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

template <class Registration>
std::string refusal(Registration registration)
{
    metrics_registry metrics;
    try {
        registration(metrics);
    } catch (converge::error const& thrown) {
        return thrown.is(converge::errc::invalid) ? thrown.what() : "wrong code";
    }
    return {};
}

} // namespace

TEST_CASE("the exposition is sorted by name and labels, with help and type once each")
{
    metrics_registry metrics;
    auto const busy = metrics.gauge("workers_busy", "Workers with a key.");
    auto const ok = metrics.counter("runs_total", "Runs.", {{"result", "ok"}, {"kind", "Web"}});
    auto const failed =
        metrics.counter("runs_total", "Other.", {{"kind", "Web"}, {"result", "error"}});
    busy.set(2.5);
    ok.add(3);
    failed.add();
    CHECK(metrics.text() == "# HELP runs_total Runs.\n"
                            "# TYPE runs_total counter\n"
                            "runs_total{kind=\"Web\",result=\"error\"} 1\n"
                            "runs_total{kind=\"Web\",result=\"ok\"} 3\n"
                            "# HELP workers_busy Workers with a key.\n"
                            "# TYPE workers_busy gauge\n"
                            "workers_busy 2.5\n");
}

TEST_CASE("a histogram counts cumulatively into inclusive buckets")
{
    metrics_registry metrics;
    auto const took = metrics.histogram("took_seconds", "Time.", {{"kind", "Web"}}, {0.5, 1});
    took.observe(0.5);
    took.observe(600ms);
    took.observe(7.0);
    CHECK(took.count() == 3);
    CHECK(took.sum() == doctest::Approx(8.1));
    CHECK(metrics.text() == "# HELP took_seconds Time.\n"
                            "# TYPE took_seconds histogram\n"
                            "took_seconds_bucket{kind=\"Web\",le=\"0.5\"} 1\n"
                            "took_seconds_bucket{kind=\"Web\",le=\"1\"} 2\n"
                            "took_seconds_bucket{kind=\"Web\",le=\"+Inf\"} 3\n"
                            "took_seconds_sum{kind=\"Web\"} 8.1\n"
                            "took_seconds_count{kind=\"Web\"} 3\n");
}

TEST_CASE("not-a-number is counted above every bucket")
{
    metrics_registry metrics;
    auto const sizes = metrics.histogram("sizes", "Sizes.", {}, {1});
    sizes.observe(std::numeric_limits<double>::quiet_NaN());
    CHECK(metrics.text().find("sizes_bucket{le=\"1\"} 0\n") != std::string::npos);
    CHECK(metrics.text().find("sizes_bucket{le=\"+Inf\"} 1\n") != std::string::npos);
    CHECK(metrics.text().find("sizes_sum NaN\n") != std::string::npos);
}

TEST_CASE("help and label values are escaped")
{
    metrics_registry metrics;
    metrics.counter("c", "a\\b\n\"c\"", {{"l", "a\\b\n\"c\""}}).add();
    CHECK(metrics.text() == "# HELP c a\\\\b\\n\"c\"\n"
                            "# TYPE c counter\n"
                            "c{l=\"a\\\\b\\n\\\"c\\\"\"} 1\n");
}

TEST_CASE("special values of a gauge are spelled as Prometheus spells them")
{
    metrics_registry metrics;
    auto const level = metrics.gauge("g", "G.");
    auto const infinity = std::numeric_limits<double>::infinity();
    level.set(infinity);
    CHECK(metrics.text().ends_with("g +Inf\n"));
    level.set(-infinity);
    CHECK(metrics.text().ends_with("g -Inf\n"));
    level.set(std::numeric_limits<double>::quiet_NaN());
    CHECK(metrics.text().ends_with("g NaN\n"));
    level.set(1e21);
    CHECK(metrics.text().ends_with("g 1e+21\n"));
}

TEST_CASE("asking twice for a series gives handles that count together")
{
    metrics_registry metrics;
    auto const first = metrics.counter("c", "C.", {{"a", "1"}, {"b", "2"}});
    auto const second = metrics.counter("c", "C.", {{"b", "2"}, {"a", "1"}});
    first.add();
    second.add();
    CHECK(first.value() == 2);
}

TEST_CASE("a handle outlives its registry, and an empty handle does nothing")
{
    auto metrics = std::make_unique<metrics_registry>();
    auto const kept = metrics->counter("c", "C.");
    metrics.reset();
    kept.add();
    CHECK(kept.value() == 1);

    converge::counter{}.add();
    converge::gauge{}.set(1);
    converge::histogram{}.observe(1s);
    CHECK(converge::counter{}.value() == 0);
    CHECK(converge::histogram{}.count() == 0);
}

TEST_CASE("names and labels that Prometheus would refuse are refused at registration")
{
    CHECK(refusal([](auto& metrics) { (void)metrics.counter("ok:name_1", ""); }).empty());
    CHECK(refusal([](auto& metrics) { (void)metrics.counter("1st", ""); }).find("1st") !=
          std::string::npos);
    CHECK_FALSE(refusal([](auto& metrics) { (void)metrics.gauge("", ""); }).empty());
    CHECK_FALSE(refusal([](auto& metrics) { (void)metrics.gauge("a-b", ""); }).empty());
    CHECK(refusal([](auto& metrics) {
              (void)metrics.gauge("g", "", {{"a:b", "1"}});
          }).find("a:b") != std::string::npos);
    CHECK_FALSE(
        refusal([](auto& metrics) { (void)metrics.gauge("g", "", {{"__a", "1"}}); }).empty());
    CHECK_FALSE(refusal([](auto& metrics) { (void)metrics.gauge("g", "", {{"", "1"}}); }).empty());
    CHECK_FALSE(refusal([](auto& metrics) {
                    (void)metrics.gauge("g", "", {{"a", "1"}, {"a", "2"}});
                }).empty());
    CHECK_FALSE(
        refusal([](auto& metrics) { (void)metrics.histogram("h", "", {{"le", "1"}}); }).empty());
    CHECK_FALSE(
        refusal([](auto& metrics) { (void)metrics.histogram("h", "", {}, {1, 1}); }).empty());
}

TEST_CASE("one name has one type and one set of buckets")
{
    CHECK(refusal([](auto& metrics) {
              (void)metrics.counter("c", "");
              (void)metrics.gauge("c", "");
          }).find("exists as a counter") != std::string::npos);
    CHECK(refusal([](auto& metrics) {
              (void)metrics.histogram("h", "", {}, {1});
              (void)metrics.histogram("h", "", {}, {2});
          }).find("other buckets") != std::string::npos);
    CHECK(refusal([](auto& metrics) {
              (void)metrics.histogram("h", "", {{"a", "1"}}, {1});
              (void)metrics.histogram("h", "", {{"a", "2"}}, {2});
          }).find("other buckets") != std::string::npos);
    CHECK(refusal([](auto& metrics) {
              (void)metrics.histogram("h", "", {{"a", "2"}}, {1});
              (void)metrics.histogram("h", "", {{"a", "1"}}, {1});
          }).empty());
}

TEST_CASE("a series that is refused leaves no trace")
{
    metrics_registry metrics;
    metrics.histogram("h", "H.", {{"a", "1"}}, {1}).observe(1.0);
    auto const before = metrics.text();
    CHECK_THROWS_AS((void)metrics.histogram("h", "H.", {{"a", "2"}}, {2}), converge::error);
    CHECK(metrics.text() == before);
}

TEST_CASE("combinations of labels beyond the limit share one series")
{
    metrics_registry metrics{3};
    for (int id = 0; id < 10; ++id)
        metrics.counter("c", "C.", {{"id", std::to_string(id)}}).add();
    auto const text = metrics.text();
    CHECK(lines_with(text, "c{") == 4);
    CHECK(text.find("c{id=\"overflow\"} 7\n") != std::string::npos);
    metrics.counter("c", "C.", {{"id", "0"}}).add();
    CHECK(metrics.text().find("c{id=\"0\"} 2\n") != std::string::npos);
}

TEST_CASE("exponential buckets grow by their factor")
{
    CHECK(converge::exponential_buckets(1, 4, 4) == std::vector<double>{1, 4, 16, 64});
}

TEST_CASE("counts from several threads are all there, while others register and print")
{
    metrics_registry metrics;
    std::vector<std::thread> threads;
    for (int id = 0; id < 4; ++id)
        threads.emplace_back([&metrics, id] {
            auto const mine = metrics.counter("c", "C.", {{"id", std::to_string(id)}});
            auto const shared = metrics.counter("shared", "S.");
            auto const sizes = metrics.histogram("h", "H.", {}, {1, 2});
            for (int count = 0; count < 1000; ++count) {
                mine.add();
                shared.add();
                sizes.observe(1.0);
                if (count % 100 == 0)
                    CHECK(metrics.text().size() > 0);
            }
        });
    for (auto& each : threads)
        each.join();
    auto const text = metrics.text();
    CHECK(text.find("shared 4000\n") != std::string::npos);
    CHECK(text.find("c{id=\"3\"} 1000\n") != std::string::npos);
    CHECK(text.find("h_sum 4000\n") != std::string::npos);
    CHECK(text.find("h_count 4000\n") != std::string::npos);
}
