// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/extern_codec.hpp>
#include <converge/core/kind_name.hpp>

#include <boost/describe/class.hpp>

#include <map>
#include <string>

namespace cluster {

/// Like a ConfigMap, for what must not be shown.
struct secret {
    static constexpr converge::kind_name kind{"v1", "Secret"};

    struct content {
        static constexpr bool omits_zero = true;

        /// Base64.
        std::map<std::string, std::string> data{};
        /// Plain text, for writing: moved into `data` on admission.
        std::map<std::string, std::string> string_data{};
        std::string type = "Opaque";
        bool immutable = false;
    };
};
BOOST_DESCRIBE_STRUCT(secret::content, (), (data, string_data, type, immutable))

} // namespace cluster

CONVERGE_EXTERN_CODEC(cluster::secret)
