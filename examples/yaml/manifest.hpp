// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "yaml/read_yaml.hpp"

#include <converge/codec/decode.hpp>
#include <converge/codec/object_codec.hpp>
#include <converge/core/result.hpp>
#include <converge/model/object.hpp>

#include <boost/json/value.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cluster {

/// One object as a file describes it.
struct manifest {
    std::string file;
    boost::json::value value;
    source_map lines;

    /// Empty if there is none.
    [[nodiscard]] std::string_view api_version() const;
    [[nodiscard]] std::string_view kind() const;

    template <class R>
    [[nodiscard]] bool is() const
    {
        return kind() == R::kind.kind && api_version() == R::kind.api_version;
    }

    /// `file.yaml:17`: where the field is, or what is around it.
    [[nodiscard]] std::string place_of(std::string_view path) const;
    /// `reason` with the place in front: `file.yaml:17: spec.replicas: expected …`.
    [[nodiscard]] converge::failure located(converge::failure const& reason) const;
    /// Refuses all of `fields`, a line for each. @pre There is one.
    [[nodiscard]] converge::failure
    refuse_unknown(std::vector<converge::unknown_field> const& fields) const;
};

/// The objects in a file. Each has to name its `apiVersion` and `kind`.
/// @returns errc::not_found if the file cannot be read, or what `read_yaml` returns.
[[nodiscard]] converge::result<std::vector<manifest>>
load_manifests(std::filesystem::path const& file);

/// The same, of a text that is called `file_name` in messages.
[[nodiscard]] converge::result<std::vector<manifest>> read_manifests(std::string_view text,
                                                                     std::string_view file_name);

enum class unknown_members { refused, ignored };

/// The object that `from` describes. What people type is read strictly: members that `R` does
/// not have are refused, each with its line and what may have been meant.
/// @returns errc::invalid, with file, line, path and remedy.
template <class R>
[[nodiscard]] converge::result<converge::object<R>>
decode_manifest(manifest const& from, unknown_members unknown = unknown_members::refused)
{
    auto decoded = converge::decode<converge::object<R>>(from.value);
    if (!decoded)
        return from.located(decoded.error());
    if (unknown == unknown_members::refused) {
        auto const fields = converge::unknown_fields<converge::object<R>>(from.value);
        if (!fields.empty())
            return from.refuse_unknown(fields);
    }
    return decoded;
}

} // namespace cluster
