// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/encoded_object.hpp>

#include <converge/codec/parse_json.hpp>
#include <converge/core/failure.hpp>

#include <boost/json/value.hpp>

#include <limits>
#include <string_view>

namespace converge {

namespace detail {

[[nodiscard]] inline std::string text_at(boost::json::value const& document, std::string_view where)
{
    boost::system::error_code absent;
    auto const* const found = document.find_pointer(where, absent);
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

} // namespace detail

CONVERGE_DECL encoded_object::~encoded_object()
{
    delete decoded_.load();
}

CONVERGE_DECL std::shared_ptr<void const> const& encoded_object::decoded() const
{
    if (auto const* const known = decoded_.load())
        return *known;
    auto made = std::make_unique<std::shared_ptr<void const> const>(decode());
    std::shared_ptr<void const> const* known = nullptr;
    if (decoded_.compare_exchange_strong(known, made.get()))
        return *made.release();
    return *known;
}

CONVERGE_DECL std::shared_ptr<void const> encoded_object::decode() const
{
    // It was written by a store, so only the depth that the reader can do at all is a limit.
    auto const document = parse_json(
        text_, {.size_max = std::numeric_limits<std::size_t>::max(), .depth_max = 512});
    if (!document)
        throw error{document.error()};
    auto made = type_.decode(*document, {});
    if (!made) {
        auto wrong = made.error();
        wrong.message += "; it was stored at revision " + to_string(at_) +
                         " by a program whose struct differs: make the struct accept it, or "
                         "correct the stored text";
        wrong.object = {std::string{type_.kind.kind},
                        detail::text_at(*document, "/metadata/namespace"),
                        detail::text_at(*document, "/metadata/name")};
        throw error{std::move(wrong)};
    }
    type_.metadata(made->get()).resource_version = at_;
    return *std::move(made);
}

} // namespace converge
