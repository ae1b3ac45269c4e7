// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/shorten.hpp>
#include <converge/core/failure.hpp>

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace converge::testing::detail {

/// Takes an object of one of the kit's files apart; throws errc::invalid with the path of the
/// member that is not as it must be. Refers to the document.
class strict_object {
public:
    strict_object(boost::json::value const& document, std::string path)
        : path_{std::move(path)},
          from_{object_in(document)}
    {}

    /// Refuses members of other names.
    void allow(std::initializer_list<std::string_view> names) const
    {
        for (auto const& member : from_)
            if (std::ranges::find(names, std::string_view{member.key()}) == names.end())
                refuse(std::string{member.key()}, "is unknown, with the value " +
                                                      converge::detail::shown(member.value()) +
                                                      "; expected one of" + listed(names));
    }

    /// Null if there is none.
    [[nodiscard]] boost::json::value const* find(std::string_view name) const
    {
        return from_.if_contains(name);
    }

    [[nodiscard]] std::string text(std::string_view name) const
    {
        auto const& value = required(name, "a text");
        auto const* const found = value.if_string();
        if (found == nullptr || found->empty())
            refuse(std::string{name},
                   converge::detail::shown(value) + " is no text with anything in it");
        return std::string{std::string_view{*found}};
    }

    [[nodiscard]] std::uint64_t
    number(std::string_view name,
           std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) const
    {
        auto const expected = "a whole number from 0 to " + std::to_string(most);
        auto const& value = required(name, expected);
        boost::system::error_code no;
        auto const found = value.to_number<std::uint64_t>(no);
        if (value.is_double() || no.failed() || found > most)
            refuse(std::string{name}, converge::detail::shown(value) + " is not " + expected);
        return found;
    }

    [[nodiscard]] bool truth(std::string_view name) const
    {
        auto const& value = required(name, "true or false");
        if (!value.is_bool())
            refuse(std::string{name},
                   converge::detail::shown(value) + " is neither true nor false");
        return value.get_bool();
    }

    /// One of the names that `named` knows.
    template <class Named>
    [[nodiscard]] auto choice(std::string_view name, Named named, std::string const& expected) const
    {
        auto const& value = required(name, "one of" + expected);
        auto const* const given = value.if_string();
        auto const found = given == nullptr ? std::nullopt : named(std::string_view{*given});
        if (!found)
            refuse(std::string{name}, converge::detail::shown(value) + " is not one of" + expected);
        return *found;
    }

    [[noreturn]] void refuse(std::string const& member, std::string what) const
    {
        throw error{failure{errc::invalid, std::move(what)}.at(path_of(member))};
    }

    template <class Names>
    [[nodiscard]] static std::string listed(Names const& names)
    {
        std::string text;
        for (auto const& each : names)
            text += (text.empty() ? " " : ", ") + std::string{each};
        return text;
    }

private:
    [[nodiscard]] boost::json::object const& object_in(boost::json::value const& document) const
    {
        if (!document.is_object())
            throw error{
                failure{errc::invalid, converge::detail::shown(document) + " is no object"}.at(
                    path_)};
        return document.get_object();
    }
    [[nodiscard]] boost::json::value const& required(std::string_view name,
                                                     std::string const& expected) const
    {
        auto const* const found = find(name);
        if (found == nullptr)
            refuse(std::string{name}, "is missing: expected " + expected);
        return *found;
    }
    [[nodiscard]] std::string path_of(std::string const& member) const
    {
        return path_.empty() ? member : path_ + '.' + member;
    }

    std::string path_;
    boost::json::object const& from_;
};

} // namespace converge::testing::detail
