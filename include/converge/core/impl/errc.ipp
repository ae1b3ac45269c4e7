// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/errc.hpp>

namespace converge::detail {

CONVERGE_DECL std::string errc_category::message(int value) const
{
    switch (static_cast<errc>(value)) {
    case errc::not_found: return "not found";
    case errc::already_exists: return "already exists";
    case errc::conflict: return "conflict";
    case errc::gone: return "gone";
    case errc::invalid: return "invalid";
    case errc::future_revision: return "revision is in the future";
    case errc::unavailable: return "unavailable";
    case errc::timed_out: return "timed out";
    case errc::too_large: return "too large";
    case errc::forbidden: return "forbidden";
    case errc::indeterminate: return "outcome unknown";
    case errc::unsupported: return "unsupported";
    case errc::terminal: return "terminal error";
    case errc::fenced: return "no longer the leader";
    }
    return "unknown converge error";
}

} // namespace converge::detail
