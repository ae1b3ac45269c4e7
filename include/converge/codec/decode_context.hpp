// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/json_path.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/failure.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace converge {

/// How tolerant reading is. By rule unknown members are ignored, so that an older program can
/// read what a newer one wrote; `strict` refuses them, for what people type.
struct decode_options {
    bool strict = false;
};

/// A member that the type does not have, where it stands, and what may have been meant.
struct unknown_field {
    std::string path{};
    /// The member of a similar name; empty if there is none.
    std::string near_miss{};

    friend bool operator==(unknown_field const&, unknown_field const&) = default;
};

/// `unknown field "spec.replcas"; did you mean "replicas"?`
[[nodiscard]] CONVERGE_DECL std::string to_string(unknown_field const& field);

/// What one decoding knows: where it is in the document and what was wrong. Handed through
/// every `json_traits<T>::decode`, which calls `refuse` and returns its false.
class decode_context {
public:
    /// Unknown fields beyond this many are counted, not listed.
    static constexpr std::size_t unknown_fields_max = 100;

    /// @param notice_unknown whether to look for unknown fields at all.
    explicit decode_context(bool notice_unknown) : notices_unknown_{notice_unknown} {}

    /// Records that `found` is not `expected` ("an integer from 0 to 255"). Always false.
    CONVERGE_DECL bool refuse(boost::json::value const& found, std::string_view expected);

    /// Records `message` for the place where the decoding is. Always false.
    CONVERGE_DECL bool refuse(std::string message);

    /// Decoding goes on inside a member or an element until `leave`.
    /// @pre `name` outlives the step.
    CONVERGE_DECL void enter_member(std::string_view name);
    CONVERGE_DECL void enter_element(std::size_t index);
    CONVERGE_DECL void leave();

    [[nodiscard]] bool notices_unknown() const noexcept { return notices_unknown_; }

    /// Whether the next unknown field will be listed, not only counted.
    [[nodiscard]] bool lists_unknown() const noexcept
    {
        return unknown_.size() < unknown_fields_max;
    }

    /// Records an unknown member of the object where the decoding is.
    CONVERGE_DECL void note_unknown(std::string_view name, std::string_view near_miss);

    [[nodiscard]] std::vector<unknown_field> const& unknown() const noexcept { return unknown_; }

    /// Why decoding was refused. @pre A `refuse` happened.
    [[nodiscard]] failure const& reason() const noexcept { return reason_; }

    /// The failure that lists every unknown field. @pre There is one.
    [[nodiscard]] CONVERGE_DECL failure unknown_reason() const;

private:
    detail::json_path path_;
    failure reason_;
    std::vector<unknown_field> unknown_;
    std::size_t unlisted_ = 0;
    bool notices_unknown_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/decode_context.ipp>
#endif
