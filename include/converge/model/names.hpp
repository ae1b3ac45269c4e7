// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>

#include <string_view>

namespace converge {

/// Namespaces, and names that become part of a host name: RFC 1123 label, up to 63 characters.
/// Error: `errc::invalid`; so for all checks here.
[[nodiscard]] CONVERGE_DECL result<void> check_dns_label(std::string_view value);

/// Names of most objects: RFC 1123 subdomain, up to 253 characters.
[[nodiscard]] CONVERGE_DECL result<void> check_dns_subdomain(std::string_view value);

/// Values of labels: empty, or up to 63 characters.
[[nodiscard]] CONVERGE_DECL result<void> check_label_value(std::string_view value);

/// Keys of labels and annotations, and finalizers: a name of up to 63 characters, after an
/// optional DNS subdomain and `/`.
[[nodiscard]] CONVERGE_DECL result<void> check_qualified_name(std::string_view value);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/model/impl/names.ipp>
#endif
