// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/client/client.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace cluster {

/// Rows of cells, printed in columns as wide as their widest cell; empty cells show as `-`.
class text_table {
public:
    explicit text_table(std::vector<std::string> headings) { add(std::move(headings)); }

    /// @pre As many cells as there are headings.
    void add(std::vector<std::string> cells);

    /// Empty if there are no rows beside the headings. Each line begins with `indent`.
    [[nodiscard]] std::string str(std::string const& indent = {}) const;

private:
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> widths_;
};

/// What the cluster holds now, a table a kind: Deployments, ReplicaSets, Pods, Services, Nodes,
/// Machines, DnsRecords, and the latest events.
[[nodiscard]] converge::task<std::string> object_tables(converge::client api);

} // namespace cluster
