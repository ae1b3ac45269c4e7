// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/list_options.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/result.hpp>
#include <converge/core/revision.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace converge::detail {

/// The value of a field selector's path, as text; nothing if the object has no such field.
[[nodiscard]] inline std::optional<std::string> field_text(boost::json::value const& document,
                                                           std::string_view path)
{
    boost::json::value const* at = &document;
    while (!path.empty()) {
        auto const dot = path.find('.');
        auto const* members = at->if_object();
        at = members == nullptr ? nullptr : members->if_contains(path.substr(0, dot));
        if (at == nullptr)
            return std::nullopt;
        path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    }
    if (auto const* text = at->if_string())
        return std::string{text->data(), text->size()};
    return boost::json::serialize(*at);
}

/// Whether an object is among those that a list or a watch asked for.
[[nodiscard]] inline bool selected(list_options const& which, any_object const& object)
{
    if (!which.labels().matches(object.metadata().labels))
        return false;
    if (which.fields().empty())
        return true;
    auto const document = object.to_json();
    return which.fields().matches(
        [&](std::string_view path) { return field_text(document, path); });
}

/// Where a list goes on: `<incarnation>:<revision>:<last key>`; opaque to clients.
struct continue_token {
    /// Of the store: a revision means nothing in another life of it.
    std::uint64_t incarnation = 0;
    revision at{};
    std::string after;

    [[nodiscard]] std::string str() const
    {
        return std::to_string(incarnation) + ":" + to_string(at) + ":" + after;
    }

    /// Refuses a token that no list under `prefix` can have given, and, as gone, one of another
    /// incarnation.
    [[nodiscard]] static result<continue_token> parse(std::string_view text,
                                                      std::string_view prefix,
                                                      std::uint64_t incarnation)
    {
        auto rest = text;
        std::uint64_t life = 0;
        std::uint64_t at = 0;
        bool const spelled = take_number(rest, life) && take_number(rest, at) && at != 0;
        if (!spelled || !rest.starts_with(prefix))
            return failure{errc::invalid,
                           "\"" + std::string{text.substr(0, 60)} +
                               "\" is not a continue token of this list; list from the start"}
                .at("continue");
        if (life != incarnation)
            return failure{errc::gone, "the continue token is of the store before it was restored "
                                       "from a backup; list from the start"}
                .at("continue");
        return continue_token{life, revision{at}, std::string{rest}};
    }

private:
    /// Takes `<number>:` off the front.
    static bool take_number(std::string_view& from, std::uint64_t& number)
    {
        auto const colon = from.find(':');
        if (colon == std::string_view::npos)
            return false;
        auto const [end, code] = std::from_chars(from.data(), from.data() + colon, number);
        bool const whole = code == std::errc{} && end == from.data() + colon;
        from.remove_prefix(colon + 1);
        return whole;
    }
};

} // namespace converge::detail
