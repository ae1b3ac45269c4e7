// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/modelled_provider.hpp"

#include <converge/testing/outside.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace cluster_simulation {

/// A provider whose calls a simulation disturbs: they are slow, refused, or done without an answer.
class disturbed_provider final : public cluster::machine_provider {
public:
    explicit disturbed_provider(converge::duration instance_start_delay)
        : model_{instance_start_delay}
    {}

    [[nodiscard]] converge::task<cluster::provided_machine>
    create(std::string token, converge::object_ptr<cluster::machine_type> type) override
    {
        auto const call = "provider create " + token;
        co_await converge::testing::outside(call);
        auto const before = model_.size();
        auto made = co_await model_.create(token, std::move(type));
        made_[token] += static_cast<int>(model_.size() - before);
        co_await converge::testing::outside_answer(call);
        co_return made;
    }

    [[nodiscard]] converge::task<std::optional<cluster::provided_machine>>
    find(std::string token) override
    {
        auto const call = "provider find " + token;
        co_await converge::testing::outside(call);
        auto found = co_await model_.find(token);
        co_await converge::testing::outside_answer(call);
        co_return found;
    }

    [[nodiscard]] converge::task<> remove(std::string token) override
    {
        auto const call = "provider remove " + token;
        co_await converge::testing::outside(call);
        co_await model_.remove(token);
        co_await converge::testing::outside_answer(call);
    }

    [[nodiscard]] cluster::modelled_provider& model() noexcept { return model_; }
    /// How often each machine was really made.
    [[nodiscard]] std::map<std::string, int> const& made() const noexcept { return made_; }

private:
    cluster::modelled_provider model_;
    std::map<std::string, int> made_;
};

} // namespace cluster_simulation
