// SPDX-License-Identifier: BSL-1.0

// Why did this run, and why does that not? A history remembers the last reconciles: what caused each,
// what it saw, what it wrote, how it ended. From it follows the tree of what a change brought about.

#include <converge/converge.hpp>

#include <cstdio>
#include <memory>
#include <string>
using namespace std::chrono_literals;

struct order {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Order"};
    struct spec {
        int parcels = 1;
    };
    struct status {
        int delivered = 0;
    };
};
BOOST_DESCRIBE_STRUCT(order::spec, (), (parcels))
BOOST_DESCRIBE_STRUCT(order::status, (), (delivered))

struct parcel {
    static constexpr converge::kind_name kind{"demo.converge.dev/v1", "Parcel"};
    struct spec {
        int number = 0;
    };
    struct status {
        bool delivered = false;
    };
};
BOOST_DESCRIBE_STRUCT(parcel::spec, (), (number))
BOOST_DESCRIBE_STRUCT(parcel::status, (), (delivered))

converge::task<converge::outcome> pack(converge::client api, converge::object<order> of,
                                       converge::view<parcel> parcels)
{
    for (int number = 1; number <= of.spec.parcels; ++number) {
        converge::object<parcel> wanted{of.metadata.name + "-" + std::to_string(number)};
        wanted.spec.number = number;
        wanted.metadata.owner_references.push_back(converge::controller_reference(of));
        if (!parcels.find(wanted.key()))
            co_await api.create(wanted);
    }
    int delivered = 0;
    for (auto const& each : parcels.owned_by(of))
        delivered += each->status.delivered ? 1 : 0;
    if (of.status.delivered != delivered) {
        of.status.delivered = delivered;
        co_await api.update_status(of);
    }
    co_return converge::settled();
}

converge::task<converge::outcome> deliver(converge::client api, converge::object<parcel> of)
{
    if (of.status.delivered)
        co_return converge::settled();
    of.status.delivered = true;
    co_await api.update_status(of);
    co_return converge::settled();
}

// The same in every run: without the times.
void print_without_times(std::string const& text)
{
    for (std::size_t at = 0; at < text.size();) {
        auto const after = text.find(" after ", at);
        std::fputs(text.substr(at, after - at).c_str(), stdout);
        at = after == text.npos ? text.npos : text.find_first_of("\n;", after);
    }
}

converge::task<> scenario(converge::client api, converge::reconcile_history const& history)
{
    converge::object<order> books{"books"};
    auto const asked = co_await api.apply(books);
    auto const delivered = [](auto const& of) { return of.status.delivered == 1; };
    co_await api.wait_until(books.key(), delivered);
    co_await converge::sleep_for(20ms);

    std::puts("What did the order bring about?");
    print_without_times(history.chain(asked->metadata.resource_version));

    std::puts("And what about the parcel?");
    auto const now = co_await converge::now();
    auto const known = history.explain(converge::key<parcel>{"books-1"}, now);
    for (auto const& [controller, state] : known.states)
        std::printf("%s %s\n", controller.c_str(), state.c_str());
    for (auto const& run : known.runs)
        std::printf("it saw revision %s and wrote %zu times\n",
                    converge::to_string(run.seen).c_str(), run.writes.size());
}

int main()
{
    converge::memory_store store;
    converge::client const api{store};
    auto const history = std::make_shared<converge::reconcile_history>();
    converge::controller<order> const orders{pack};
    converge::controller<parcel> const parcels{deliver};
    return converge::block_on(
        converge::until(scenario(api, *history),
                        converge::run(api, converge::control_context{}.remembering_in(history),
                                      orders.owns<parcel>(), parcels)));
}
