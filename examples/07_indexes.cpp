// SPDX-License-Identifier: BSL-1.0

// Finding objects by what they contain, without looking through all of them. An index is a type; a
// reconciler that names it in a view has it from the start, and asking for another does not compile.

#include <converge/converge.hpp>

#include <cstddef>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <vector>

struct shelf {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Shelf"};
    struct spec {
        std::string room;
    };
    struct status {
        int books = 0;
    };
};
BOOST_DESCRIBE_STRUCT(shelf::spec, (), (room))
BOOST_DESCRIBE_STRUCT(shelf::status, (), (books))

struct book {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Book"};
    struct spec {
        std::string shelf;
    };
};
BOOST_DESCRIBE_STRUCT(book::spec, (), (shelf))

struct by_shelf : converge::index_of<book> {
    static std::string const& value(converge::object<book> const& of) { return of.spec.shelf; }
};

// All books, once each, on another thread: a snapshot may be read there for as long as it is kept,
// while the cache goes on. It neither waits for anybody nor holds anybody up.
std::size_t letters_in_titles(converge::cache_snapshot<book, by_shelf> const& books)
{
    std::size_t letters = 0;
    std::thread reader{[&] {
        for (auto const& each : books)
            letters += each.metadata.name.size();
    }};
    reader.join();
    return letters;
}

converge::task<converge::outcome> reconcile(converge::client api, converge::object<shelf> of,
                                            converge::view<book, by_shelf> books)
{
    auto const here = books.by<by_shelf>(of.metadata.name);
    of.status.books = static_cast<int>(here.size());
    co_await api.update_status(of);
    if (books.size() == 3)
        std::printf("%s holds %d of %zu books; their titles have %zu letters\n",
                    of.metadata.name.c_str(), of.status.books, books.size(),
                    letters_in_titles(books.snapshot()));
    co_return converge::settled();
}

// A book that moves concerns two shelves: that where it was and that where it is.
std::vector<converge::key<shelf>> shelf_of(converge::object<book> const& of)
{
    return {converge::key<shelf>{of.spec.shelf}};
}

converge::task<> put(converge::client api, std::string title, std::string on)
{
    converge::object<book> one{std::move(title)};
    one.spec.shelf = std::move(on);
    co_await api.apply(one);
}

converge::task<> wait_for(converge::client api, std::string name, int books)
{
    auto const holds = [books](auto const& of) { return of.status.books == books; };
    co_await api.wait_until(converge::key<shelf>{std::move(name)}, holds);
}

converge::task<> scenario(converge::client api)
{
    converge::object<shelf> const left{"left"};
    converge::object<shelf> const right{"right"};
    co_await api.apply(left);
    co_await api.apply(right);
    co_await put(api, "emma", "left");
    co_await put(api, "ulysses", "left");
    co_await wait_for(api, "left", 2);
    co_await put(api, "walden", "right");
    co_await wait_for(api, "right", 1);
    std::puts("ulysses moves");
    co_await put(api, "ulysses", "right");
    co_await wait_for(api, "left", 1);
    co_await wait_for(api, "right", 2);
}

int main()
{
    converge::memory_store store;
    converge::client const api{store};
    converge::controller<shelf> const shelves{reconcile};
    return converge::block_on(converge::until(
        scenario(api), converge::run(api, shelves.watches<book>(shelf_of).ignoring_own_writes())));
}
