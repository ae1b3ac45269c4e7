// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/decode_context.hpp>
#include <converge/codec/detail/erased.hpp>
#include <converge/codec/detail/value_codec.hpp>
#include <converge/codec/known_traits.hpp>
#include <converge/codec/parse_json.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

namespace detail {

/// Decodes into `to`, a default-constructed value of the type that `type` handles.
/// @returns why it was refused, if it was.
[[nodiscard]] CONVERGE_DECL std::optional<failure> decode_value(value_codec const& type,
                                                                boost::json::value const& from,
                                                                void* to, decode_options options);

} // namespace detail

/// Reads a `T` from JSON.
///
/// Tolerant by rule: members that `T` does not have are ignored, members that are missing or
/// null keep the defaults of `T`. With `options.strict` unknown members are refused, all of
/// them in one message, each with its path and the member that may have been meant.
/// @returns errc::invalid with the path (`spec.containers[1].ports[0].containerPort`), the
///          value found and what was expected, at the first value of a wrong type or range.
/// @par Complexity  Linear in the size of the document. Thread-safe.
template <encodable T>
[[nodiscard]] result<T> decode(boost::json::value const& from, decode_options options = {})
{
    T decoded{};
    if (auto wrong = detail::decode_value(detail::value_codec_of<T>, from, &decoded, options))
        return *std::move(wrong);
    return decoded;
}

/// Parses `text` and reads a `T` from it; `strict` also refuses duplicate members.
/// @returns what `parse_json` or `decode` returns.
template <encodable T>
[[nodiscard]] result<T> decode_text(std::string_view text, decode_options options = {})
{
    auto const document = parse_json(text, {.unique_members = options.strict});
    if (!document)
        return document.error();
    return decode<T>(*document, options);
}

/// The members of `from` that a strict decoding of `T` would refuse: at most
/// `decode_context::unknown_fields_max`, and only those up to the first wrong value.
template <encodable T>
[[nodiscard]] std::vector<unknown_field> unknown_fields(boost::json::value const& from)
{
    decode_context context{true};
    T decoded{};
    static_cast<void>(json_traits<T>::decode(from, decoded, context));
    return context.unknown();
}

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/decode.ipp>
#endif
