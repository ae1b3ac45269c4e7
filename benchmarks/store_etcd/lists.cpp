// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

namespace {

constexpr std::string_view listed = "listed/";
/// Etcd takes no more operations in one transaction.
constexpr std::size_t group = 100;

std::string key_of(std::size_t number)
{
    return std::string{listed} + "key-" + std::to_string(number);
}

converge::task<> fill_ours(converge::sqlite_store& store, std::size_t objects, std::string content)
{
    for (std::size_t begin = 0; begin < objects; begin += group) {
        converge::transaction write;
        for (auto i = begin; i < std::min(objects, begin + group); ++i)
            write.put(key_of(i), draft(make_gadget(1, content)));
        (void)co_await store.commit(std::move(write));
    }
}

converge::task<> fill_etcd(subjects& of, std::size_t objects, std::string content)
{
    gateway writer{of.context(), of.etcd().port()};
    for (std::size_t begin = 0; begin < objects; begin += group) {
        std::string body = R"({"success":[)";
        for (auto i = begin; i < std::min(objects, begin + group); ++i)
            body.append(i == begin ? "" : ",").append(put_operation(key_of(i), content));
        std::string target = "/v3/kv/txn";
        body += "]}";
        (void)co_await writer.ask(std::move(target), std::move(body));
    }
}

converge::task<> list_etcd(subjects& of, std::size_t objects, double& milliseconds)
{
    gateway reader{of.context(), of.etcd().port()};
    auto const begin = steady::now();
    std::string all{listed};
    auto const answer = co_await reader.list(std::move(all));
    milliseconds = seconds_since(begin) * 1e3;
    auto const count = R"("count":")" + std::to_string(objects) + '"';
    if (answer.find(count) == answer.npos)
        throw std::runtime_error{"etcd did not list every object"};
}

} // namespace

void measure_lists(subjects& of, settings const& how, report& into)
{
    auto const objects = how.count(10'000, 500);
    std::string const content(durable_store::content_bytes, 'x');
    of.run(fill_ours(of.ours(), objects, content));
    of.run(fill_etcd(of, objects, content));
    std::vector<double> ours;
    std::vector<double> etcd;
    for (std::size_t round = 0; round < how.count(11, 2); ++round) {
        auto const begin = steady::now();
        auto const page = of.ours().list(converge::list_query{std::string{listed}});
        ours.push_back(seconds_since(begin) * 1e3);
        if (page.entries.size() != objects)
            throw std::runtime_error{"the store did not list every object"};
        of.run(list_etcd(of, objects, etcd.emplace_back()));
    }
    into.add("list." + std::to_string(objects) + "_objects", median(ours), "ms")
        .sampled(ours)
        .beside("etcd, the JSON not decoded", median(etcd));
}

} // namespace bench
