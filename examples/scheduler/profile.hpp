// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scheduler/obstacle.hpp"
#include "scheduler/placement_question.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace scheduling {

/// How raw scores of one plugin become 0 to 100.
enum class normalization {
    /// They are already.
    none,
    /// The highest becomes 100.
    higher_is_better,
    /// The highest becomes 0.
    lower_is_better,
};

/// Decides whether a pod can run on a node: appends what is in the way, nothing if it can.
template <class P>
concept filter_plugin =
    requires(P const& plugin, placement_question const& asked, obstacles& found) {
        { P::name } -> std::convertible_to<std::string_view>;
        plugin.filter(asked, found);
    };

/// Says how good a node is for a pod that can run there.
template <class P>
concept score_plugin = requires(P const& plugin, placement_question const& asked) {
    { P::name } -> std::convertible_to<std::string_view>;
    { P::normalized } -> std::convertible_to<normalization>;
    { plugin.score(asked) } -> std::same_as<std::int64_t>;
};

/// Which plugins decide, in order. The first filter that fails is the primary reason of a node.
class profile {
public:
    struct filter_entry {
        std::string name;
        std::function<void(placement_question const&, obstacles&)> run;
    };
    struct score_entry {
        std::string name;
        int weight;
        normalization normalized;
        std::function<std::int64_t(placement_question const&)> run;
    };

    template <filter_plugin P>
    profile& filter(P plugin = {})
    {
        filters_.push_back(
            {std::string{P::name}, [plugin](placement_question const& asked, obstacles& found) {
                 plugin.filter(asked, found);
             }});
        return *this;
    }

    template <score_plugin P>
    profile& score(int weight, P plugin = {})
    {
        scores_.push_back(
            {std::string{P::name}, weight, P::normalized,
             [plugin](placement_question const& asked) { return plugin.score(asked); }});
        return *this;
    }

    [[nodiscard]] std::vector<filter_entry> const& filters() const { return filters_; }
    [[nodiscard]] std::vector<score_entry> const& scores() const { return scores_; }

private:
    std::vector<filter_entry> filters_;
    std::vector<score_entry> scores_;
};

/// Fill up the emptiest node first, so that load spreads; the default.
[[nodiscard]] profile least_allocated_profile();
/// Fill up the fullest node first, so that machines become empty and can go.
[[nodiscard]] profile most_allocated_profile();

} // namespace scheduling
