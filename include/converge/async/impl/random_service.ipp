// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/async/random_service.hpp>

#include <random>

namespace converge {

namespace detail {

[[nodiscard]] CONVERGE_DECL std::uint64_t seed_from_system()
{
    std::random_device entropy;
    return (std::uint64_t{entropy()} << 32) | entropy();
}

} // namespace detail

CONVERGE_DECL random_service::random_service(boost::asio::execution_context& context)
    : random_service{context, detail::seed_from_system()}
{
}

CONVERGE_DECL std::uint64_t random_service::draw([[maybe_unused]] std::string_view site)
{
    std::lock_guard const lock{mutex_};
    return bits_.next();
}

CONVERGE_DECL random_service& random_of(executor const& where)
{
    return boost::asio::use_service<random_service>(where.context());
}

} // namespace converge
