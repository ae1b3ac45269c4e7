// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/failure.hpp>

#include <utility>

namespace converge {

CONVERGE_DECL std::string failure::what() const
{
    std::string text = object.name.empty() ? std::string{} : to_string(object) + ": ";
    if (!path.empty())
        text += path + ": ";
    return text + (message.empty() ? code.message() : message);
}

CONVERGE_DECL error::error(failure reason) : reason_{std::move(reason)}, text_{reason_.what()} {}

CONVERGE_DECL error::error(errc code, std::string message, std::source_location at)
    : error{failure{code, std::move(message), at}}
{}

CONVERGE_DECL char const* error::what() const noexcept { return text_.c_str(); }

CONVERGE_DECL void throw_exception_from_error(failure const& reason, boost::source_location const&)
{
    throw error{reason};
}

} // namespace converge
