// SPDX-License-Identifier: BSL-1.0

// A server reads its configuration when it starts, so it is restarted by whoever has changed the
// configuration. If that one is cut short between the two, the objects are as they should be in the
// end, and the server still runs the old configuration.

#include "corpus.hpp"

#include <converge/testing/outside.hpp>

#include <map>

using namespace converge;
using namespace corpus;
using namespace std::chrono_literals;

namespace {

struct gateway {
    static constexpr kind_name kind{"corpus.test/v1", "Gateway"};
    struct spec {
        std::string routes;
    };
};
BOOST_DESCRIBE_STRUCT(gateway::spec, (), (routes))

struct config {
    static constexpr kind_name kind{"corpus.test/v1", "Config"};
    struct content {
        std::string text;
    };
};
BOOST_DESCRIBE_STRUCT(config::content, (), (text))

/// What really runs, by name: the configuration that it has read.
class servers {
public:
    [[nodiscard]] task<std::string> running(std::string name)
    {
        co_await testing::outside("servers.running " + name);
        auto const text = read_[name];
        co_await testing::outside_answer("servers.running " + name);
        co_return text;
    }
    [[nodiscard]] task<> restart(std::string name, std::string text)
    {
        co_await testing::outside("servers.restart " + name);
        read_[name] = std::move(text);
        co_await testing::outside_answer("servers.restart " + name);
    }
    [[nodiscard]] std::string text_of(std::string const& name) const
    {
        auto const found = read_.find(name);
        return found == read_.end() ? std::string{} : found->second;
    }

private:
    std::map<std::string, std::string> read_;
};

task<bool> write_config(client api, object<gateway> of, object_ptr<config> there)
{
    if (there && there->content.text == of.spec.routes)
        co_return false;
    auto wanted = there ? *there : object<config>{of.metadata.name};
    wanted.content.text = of.spec.routes;
    if (there) {
        co_await api.update(wanted);
    } else {
        wanted.metadata.owner_references.push_back(controller_reference(of));
        co_await api.create(wanted);
    }
    co_return true;
}

template <twin T>
task<outcome> configure(std::shared_ptr<servers> outside, client api, object<gateway> of,
                        view<config> configs)
{
    auto const name = of.metadata.name;
    bool has_old = co_await write_config(api, of, configs.find(key<config>{name}));
    if (T == twin::right) {
        auto const running = co_await outside->running(name);
        has_old = running != of.spec.routes;
    }
    if (has_old)
        co_await outside->restart(name, of.spec.routes);
    co_return settled();
}

task<> change_routes(client api)
{
    object<gateway> wanted{"front"};
    wanted.spec.routes = "/";
    co_await api.create(wanted);
    co_await sleep_for(20s);
    wanted.spec.routes = "/ /help";
    co_await api.update(wanted);
}

template <twin T>
void declare(simulation& sim)
{
    auto const outside = std::make_shared<servers>();
    sim.plane("controllers", [outside](client api) {
        controller<gateway> const gateways{
            [outside](client through, object<gateway> of, view<config> configs) {
                return configure<T>(outside, std::move(through), std::move(of), std::move(configs));
            }};
        return run(std::move(api), gateways.template owns<config>());
    });
    sim.user("user", change_routes);
    sim.eventually("every server runs what is configured", [outside](snapshot const& now) {
        for (auto const& each : now.all<gateway>())
            if (outside->text_of(each->metadata.name) != each->spec.routes)
                return to_string(each->key()) + " runs with \"" +
                       outside->text_of(each->metadata.name) + "\"";
        return std::string{};
    });
}

scenario const wrong{"row_04_wrong", declare<twin::wrong>};
scenario const right{"row_04_right", declare<twin::right>};

} // namespace

TEST_CASE("row 4: a configuration that nobody restarts for is found; "
          "a restart that is decided by what runs is not accused")
{
    holds_in_calm(wrong);
    auto const seeds = found_within(wrong, 200, {"every server runs what is configured"});
    never_accused(right, 100, seeds);
}
