// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/decode_context.hpp>
#include <converge/core/detail/config.hpp>

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace converge::detail {

/// When a member may be left out of its object.
enum class omission {
    never,
    /// When it is empty (an absent optional, an empty string or container).
    when_empty,
    /// The same for numbers, only in structs that omit zeros.
    when_zero,
    /// A struct: when all its members are left out.
    when_blank,
};

/// How values of one type are handled by code that does not know the type. One constant a
/// type, so that a struct costs the compiler one table and no loop of its own.
struct value_codec {
    /// `base` is what decoding starts from: members equal to an empty base are left out.
    boost::json::value (*encode)(void const* value, void const* base);
    bool (*decode)(boost::json::value const& from, void* to, decode_context& context);
    bool (*equal)(void const* left, void const* right);
    bool (*empty)(void const* value);
    omission omitted;
    /// Whether JSON null is a value of the type; otherwise it stands for a missing member.
    bool nullable;
};

struct member_codec {
    std::string_view name;
    std::size_t offset;
    value_codec const* type;
};

/// The members of one described struct, those of its bases first.
struct struct_codec {
    std::span<member_codec const> members;
    /// Members that this struct may carry in JSON although it does not hold them.
    std::span<std::string_view const> foreign;
    /// A default-constructed value.
    void const* base;
    bool omits_zero;
};

[[nodiscard]] CONVERGE_DECL struct_codec struct_codec_from(member_codec const* members,
                                                           std::size_t count, void const* base,
                                                           bool omits_zero);

/// Adds the members of `value` to `into`.
CONVERGE_DECL void encode_members(struct_codec const& of, void const* value, void const* base,
                                  boost::json::object& into);

[[nodiscard]] CONVERGE_DECL boost::json::value encode_struct(struct_codec const& of,
                                                             void const* value, void const* base);

/// Overwrites the members of `to` that `from` has; the others keep what they hold.
[[nodiscard]] CONVERGE_DECL bool decode_struct(struct_codec const& of,
                                               boost::json::value const& from, void* to,
                                               decode_context& context);

[[nodiscard]] CONVERGE_DECL bool equal_structs(struct_codec const& of, void const* left,
                                               void const* right);

} // namespace converge::detail

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/value_codec.ipp>
#endif
