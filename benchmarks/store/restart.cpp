// SPDX-License-Identifier: BSL-1.0
#include "parts.hpp"

#include "measure/durable_store.hpp"
#include "measure/sample.hpp"
#include "measure/scratch_folder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>
#include <sqlite3.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <stdexcept>
#include <unordered_map>

namespace bench {

namespace {

constexpr std::size_t value_bytes = 256;
constexpr std::size_t group = 1000;

/// As much content as makes the JSON of an object 256 bytes long.
std::string padding()
{
    auto const written = converge::any_object{converge::object_ptr<gadget>{make_gadget(1)}};
    auto const without = boost::json::serialize(written.to_json()).size();
    return std::string(value_bytes - std::min(value_bytes, without), 'x');
}

converge::task<> fill(converge::sqlite_store& store, std::vector<std::string> const& keys)
{
    auto const content = padding();
    for (std::size_t begin = 0; begin < keys.size(); begin += group) {
        converge::transaction write;
        for (auto i = begin; i < std::min(keys.size(), begin + group); ++i)
            write.put(keys[i], draft(make_gadget(1, content)));
        (void)co_await store.commit(std::move(write));
    }
}

void write_file(std::string const& file, std::size_t objects)
{
    // Waiting for the disk at each group would only make the filling slower.
    auto const options = durable_options(converge::durability::survives_process_crash_only);
    converge::sqlite_store store{file, converge::resource_types<gadget>(), options};
    auto const keys = make_keys(objects);
    boost::asio::io_context context;
    boost::asio::co_spawn(context, fill(store, keys), [](std::exception_ptr failed) {
        if (failed)
            std::rethrow_exception(failed);
    });
    context.run();
}

/// Opens the file as a store. @returns the seconds it took.
double open_store(std::string const& file, std::size_t objects)
{
    auto const begin = steady::now();
    converge::sqlite_store const store{file, converge::resource_types<gadget>()};
    auto const seconds = seconds_since(begin);
    if (store.stats().keys != objects)
        throw std::runtime_error{"the store did not recover every object"};
    return seconds;
}

/// The limit: reads every column of every row of the file with plain SQLite, into strings.
template <class Visit>
double read_rows(std::string const& file, Visit visit)
{
    auto const begin = steady::now();
    sqlite3* opened = nullptr;
    sqlite3_stmt* rows = nullptr;
    if (sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK ||
        sqlite3_prepare_v2(opened, "SELECT * FROM changes", -1, &rows, nullptr) != SQLITE_OK)
        throw std::runtime_error{"cannot read the file with plain SQLite"};
    std::unique_ptr<sqlite3, int (*)(sqlite3*)> const closer{opened, sqlite3_close};
    std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> const finalizer{rows, sqlite3_finalize};
    auto const columns = static_cast<std::size_t>(sqlite3_column_count(rows));
    while (sqlite3_step(rows) == SQLITE_ROW) {
        std::vector<std::string> row(columns);
        for (std::size_t i = 0; i < columns; ++i) {
            auto const column = static_cast<int>(i);
            auto const* const text = sqlite3_column_text(rows, column);
            if (text)
                row[i].assign(reinterpret_cast<char const*>(text),
                              static_cast<std::size_t>(sqlite3_column_bytes(rows, column)));
        }
        visit(std::move(row));
    }
    return seconds_since(begin);
}

double read_and_drop(std::string const& file, std::size_t objects)
{
    std::size_t read = 0;
    auto const seconds = read_rows(file, [&](std::vector<std::string>) { ++read; });
    if (read != objects)
        throw std::runtime_error{"the file does not hold one row for each object"};
    return seconds;
}

/// As any store in memory must: the strings are kept, under their keys.
double read_and_keep(std::string const& file)
{
    std::unordered_map<std::string, std::vector<std::string>> kept;
    return read_rows(file, [&](std::vector<std::string> row) {
        auto& under = kept[row[1]];
        under = std::move(row);
    });
}

} // namespace

void measure_restart(settings const& how, report& into)
{
    auto const objects = how.quick ? std::size_t{2000} : how.objects;
    scratch_folder const scratch{how.folder};
    auto const file = scratch.file("restart.sqlite");
    write_file(file, objects);
    std::vector<double> opened;
    std::vector<double> dropped;
    std::vector<double> kept;
    std::vector<double> ratios;
    for (std::size_t round = 0; round < how.count(5, 1); ++round) {
        auto const before = read_and_drop(file, objects);
        opened.push_back(open_store(file, objects) * 1e3);
        auto const behind = read_and_drop(file, objects);
        dropped.push_back((before + behind) / 2 * 1e3);
        ratios.push_back(opened.back() / dropped.back());
        kept.push_back(read_and_keep(file) * 1e3);
    }
    into.condition("restart", "values of 256 bytes as JSON; the file is in the page cache");
    auto const name = "sqlite_store.restart." + std::to_string(objects) + "_objects";
    into.add(name, median(opened), "ms")
        .sampled(opened)
        .beside("plain SQLite, strings read and dropped", median(dropped))
        .with_ratio(median(ratios))
        .ratio_at_most(3);
    into.add(name + ".beside_kept", median(opened), "ms")
        .beside("plain SQLite, strings kept in an unordered_map", median(kept));
}

} // namespace bench
