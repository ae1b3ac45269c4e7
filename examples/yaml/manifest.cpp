// SPDX-License-Identifier: BSL-1.0
#include "yaml/manifest.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace cluster {

namespace {

std::string_view text_member(boost::json::value const& of, std::string_view name)
{
    auto const* const object = of.if_object();
    auto const* const member = object == nullptr ? nullptr : object->if_contains(name);
    auto const* const text = member == nullptr ? nullptr : member->if_string();
    return text == nullptr ? std::string_view{} : std::string_view{*text};
}

/// What people can do about a value of the wrong type.
std::string remedy_for(std::string_view message)
{
    constexpr std::string_view no_string = "expected a string, got ";
    if (message.starts_with(no_string)) {
        auto const found = message.substr(no_string.size());
        bool const scalar =
            found == "true" || found == "false" || found.find_first_of("-0123456789") == 0;
        return scalar ? "; put it in quotes" : "";
    }
    if (message.starts_with("expected an integer") && message.ends_with('"'))
        return "; remove the quotes";
    if (message.starts_with("expected an array"))
        return "; begin each element with \"- \"";
    return {};
}

} // namespace

std::string_view manifest::api_version() const { return text_member(value, "apiVersion"); }

std::string_view manifest::kind() const { return text_member(value, "kind"); }

std::string manifest::place_of(std::string_view path) const
{
    return file + ':' + std::to_string(lines.line_of(path));
}

converge::failure manifest::located(converge::failure const& reason) const
{
    auto located = reason;
    located.message = place_of(reason.path) + ": " +
                      (reason.path.empty() ? "" : reason.path + ": ") + reason.message +
                      remedy_for(reason.message);
    located.path.clear();
    return located;
}

converge::failure manifest::refuse_unknown(std::vector<converge::unknown_field> const& fields) const
{
    std::string message;
    for (auto const& field : fields)
        message += (message.empty() ? "" : "\n") + place_of(field.path) + ": " + to_string(field) +
                   (field.near_miss.empty() ? "; remove it" : "");
    return {converge::errc::invalid, std::move(message)};
}

converge::result<std::vector<manifest>> read_manifests(std::string_view text,
                                                       std::string_view file_name)
{
    auto documents = read_yaml(text, file_name);
    if (!documents)
        return documents.error();
    std::vector<manifest> manifests;
    for (auto& document : *documents) {
        manifest read{std::string{file_name}, std::move(document.value), std::move(document.lines)};
        if (read.kind().empty() || read.api_version().empty())
            return read.located({converge::errc::invalid,
                                 "an object needs apiVersion and kind, such as "
                                 "\"apiVersion: apps/v1\" and \"kind: Deployment\""});
        manifests.push_back(std::move(read));
    }
    return manifests;
}

converge::result<std::vector<manifest>> load_manifests(std::filesystem::path const& file)
{
    std::error_code unknown;
    errno = 0;
    std::ifstream stream{file, std::ios::binary};
    std::ostringstream text;
    // An empty file gives no characters, which the stream takes for a failure.
    text << stream.rdbuf();
    if (!stream.is_open() || std::filesystem::is_directory(file, unknown) || stream.bad())
        return converge::failure{converge::errc::not_found,
                                 file.string() + ": cannot be read: " +
                                     (errno == 0 ? "it is no file" : std::strerror(errno))};
    return read_manifests(text.str(), file.string());
}

} // namespace cluster
