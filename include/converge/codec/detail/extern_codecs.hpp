// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/described_traits.hpp>
#include <converge/codec/detail/erased.hpp>
#include <converge/core/time.hpp>
#include <converge/model/fwd.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The codecs that most resources need, compiled once for the whole program: with
// CONVERGE_SEPARATE_COMPILATION no other file instantiates them.

#define CONVERGE_KNOWN_CODECS_(prefix)                                                             \
    prefix template struct erased<bool>;                                                           \
    prefix template struct erased<int>;                                                            \
    prefix template struct erased<std::int64_t>;                                                   \
    prefix template struct erased<std::uint64_t>;                                                  \
    prefix template struct erased<double>;                                                         \
    prefix template struct erased<std::string>;                                                    \
    prefix template struct erased<uid>;                                                            \
    prefix template struct erased<revision>;                                                       \
    prefix template struct erased<timestamp>;                                                      \
    prefix template struct erased<quantity>;                                                       \
    prefix template struct erased<std::optional<bool>>;                                            \
    prefix template struct erased<std::optional<int>>;                                             \
    prefix template struct erased<std::optional<std::int64_t>>;                                    \
    prefix template struct erased<std::optional<std::string>>;                                     \
    prefix template struct erased<std::optional<timestamp>>;                                       \
    prefix template struct erased<std::vector<std::string>>;                                       \
    prefix template struct erased<std::map<std::string, std::string>>;                             \
    prefix template struct erased<std::map<std::string, quantity>>;                                \
    prefix template struct erased<object_meta>;                                                    \
    prefix template struct erased<std::vector<owner_reference>>;                                   \
    prefix template struct erased<std::vector<managed_fields_entry>>;                              \
    prefix template struct erased<condition>;                                                      \
    prefix template struct erased<std::vector<condition>>;                                         \
    prefix template struct erased<label_selector_spec>;                                            \
    prefix template struct_codec const& struct_codec_of<object_meta>();                            \
    prefix template struct_codec const& struct_codec_of<owner_reference>();                        \
    prefix template struct_codec const& struct_codec_of<condition>();                              \
    prefix template struct_codec const& struct_codec_of<label_selector_spec>();

namespace converge {

struct managed_fields_entry;

namespace detail {

CONVERGE_KNOWN_CODECS_(extern)

} // namespace detail

} // namespace converge
