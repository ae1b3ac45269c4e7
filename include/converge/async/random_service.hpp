// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/task.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/work/random.hpp>

#include <boost/asio/execution_context.hpp>

#include <cstdint>
#include <mutex>
#include <string_view>

namespace converge {

/// The source of chance of an execution context: uids, name suffixes, jitter.
///
/// This class is the real one, seeded by the operating system; not for secrets. A simulation
/// registers a derived one under this key, as for `time_service`, which draws per site, so that one more draw in
/// one place changes no other place.
///
/// Thread-safe.
class random_service : public boost::asio::execution_context::service {
public:
    using key_type = random_service;

    CONVERGE_DECL explicit random_service(boost::asio::execution_context& context);

    /// 64 uniform bits. `site` names who asks: a literal such as `api.uid`.
    [[nodiscard]] CONVERGE_DECL virtual std::uint64_t draw(std::string_view site);

    /// Uniform in [0, 1).
    [[nodiscard]] double unit(std::string_view site)
    {
        return static_cast<double>(draw(site) >> 11) * 0x1.0p-53;
    }

protected:
    random_service(boost::asio::execution_context& context, std::uint64_t seed)
        : boost::asio::execution_context::service{context}, bits_{seed}
    {
    }

private:
    void shutdown() override {}

    std::mutex mutex_;
    random_bits bits_;
};

/// The random service of the context that `where` runs on; made at the first call.
[[nodiscard]] CONVERGE_DECL random_service& random_of(executor const& where);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/async/impl/random_service.ipp>
#endif
