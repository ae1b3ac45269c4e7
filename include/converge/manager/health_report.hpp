// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>

#include <boost/json/fwd.hpp>

#include <string>
#include <utility>
#include <vector>

namespace converge {

/// What became of each check of a probe.
class health_report {
public:
    struct check {
        std::string name;
        /// What is wrong; empty if nothing is.
        std::string why;
    };

    health_report() = default;

    void add(std::string name, std::string why)
    {
        ok_ = ok_ && why.empty();
        checks_.push_back({std::move(name), std::move(why)});
    }

    /// Whether nothing is wrong.
    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] std::vector<check> const& checks() const noexcept { return checks_; }

    /// `{"ok": false, "checks": [{"name": "caches", "ok": false, "why": "…"}]}`, as the body of
    /// an answer to /healthz or /readyz; 200 if `ok()`, else 503.
    [[nodiscard]] CONVERGE_DECL boost::json::value to_json() const;

private:
    std::vector<check> checks_;
    bool ok_ = true;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/manager/impl/health_report.ipp>
#endif
