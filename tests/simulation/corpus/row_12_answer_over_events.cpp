// SPDX-License-Identifier: BSL-1.0

// A controller with a cache of its own puts the answers to its writes there, so as to see them at
// once. An answer that is late brings back what has been removed since.

#include "corpus.hpp"

#include <converge/async/race.hpp>
#include <converge/client/informer.hpp>
#include <converge/client/view.hpp>

#include <map>

using namespace converge;
using namespace corpus;
using namespace std::chrono_literals;

namespace {

struct tenant {
    static constexpr kind_name kind{"corpus.test/v1", "Tenant"};
    struct spec {
        std::string plan;
    };
};
BOOST_DESCRIBE_STRUCT(tenant::spec, (), (plan))

struct sandbox {
    static constexpr kind_name kind{"corpus.test/v1", "Sandbox"};
    struct spec {
        std::string plan;
    };
};
BOOST_DESCRIBE_STRUCT(sandbox::spec, (), (plan))

/// What a watch has told, and over it what answers have told.
template <twin T>
class sandbox_cache {
public:
    explicit sandbox_cache(client const& api)
        : told_{std::make_shared<informer>(api.through(), type_of<sandbox>())}
    {
        hears_ = told_->subscribe([this](object_change const& seen) {
            answers_.erase((seen.after ? seen.after : seen.before).key());
        });
    }
    sandbox_cache(sandbox_cache const&) = delete;
    sandbox_cache& operator=(sandbox_cache const&) = delete;

    [[nodiscard]] task<> follow() { return told_->run(); }
    [[nodiscard]] task<> wait_synced() { return told_->wait_synced(); }

    void answered(object_ptr<sandbox> answer) { answers_[answer->key()] = std::move(answer); }

    [[nodiscard]] object_ptr<sandbox> find(key<sandbox> const& id) const
    {
        auto const answer = answers_.find(id);
        if (answer != answers_.end() && counts(*answer->second))
            return answer->second;
        return view<sandbox>{told_}.find(id);
    }

private:
    [[nodiscard]] bool counts(object<sandbox> const& answer) const
    {
        return T == twin::wrong || answer.metadata.resource_version > told_->through();
    }

    std::shared_ptr<informer> told_;
    subscription hears_;
    std::map<object_key, object_ptr<sandbox>> answers_;
};

template <twin T>
task<outcome> keep_sandbox(std::shared_ptr<sandbox_cache<T>> known, client api, object<tenant> of)
{
    co_await known->wait_synced();
    if (!known->find(key<sandbox>{of.metadata.name})) {
        object<sandbox> missing{of.metadata.name};
        missing.spec.plan = of.spec.plan;
        missing.metadata.owner_references.push_back(controller_reference(of));
        known->answered(co_await api.create(missing));
    }
    co_return again_in(5s);
}

template <twin T>
task<> follow(std::shared_ptr<sandbox_cache<T>> known)
{
    co_await known->follow();
}

template <twin T>
task<> start(client api)
{
    auto const known = std::make_shared<sandbox_cache<T>>(api);
    controller<tenant> const tenants{[known](client through, object<tenant> of) {
        return keep_sandbox<T>(known, std::move(through), std::move(of));
    }};
    return until(run(std::move(api), tenants), follow(known));
}

task<> reset_sandbox(client api)
{
    object<tenant> wanted{"guest"};
    wanted.spec.plan = "free";
    co_await api.create(wanted);
    key<sandbox> const made{"guest"};
    co_await api.wait_until(made, [](object<sandbox> const&) { return true; });
    co_await sleep_for(1s);
    co_await api.remove(made);
}

template <twin T>
void declare(simulation& sim)
{
    sim.plane("controllers", start<T>);
    sim.user("user", reset_sandbox);
}

scenario const wrong{"row_12_wrong", declare<twin::wrong>};
scenario const right{"row_12_right", declare<twin::right>};

} // namespace

TEST_CASE("row 12: a late answer that brings back what is gone is found; "
          "answers that are older than what the watch has told are not accused")
{
    holds_in_calm(wrong);
    auto const seeds =
        found_within(wrong, 200, {"a second look changes nothing", "nothing is written at rest"});
    never_accused(right, 100, seeds);
}
