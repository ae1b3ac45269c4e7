// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/observe/event_record.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace converge::detail {

/// FNV-1a over texts and their ends. Not std::hash, because the names of events must be the same
/// in every run of every build.
class fact_hash {
public:
    fact_hash& add(std::string_view text) noexcept
    {
        for (char c : text)
            step(static_cast<unsigned char>(c));
        // No byte of UTF-8, so that ("ab", "c") and ("a", "bc") differ.
        step(0xff);
        return *this;
    }

    [[nodiscard]] std::uint64_t value() const noexcept { return state_; }

private:
    void step(std::uint64_t byte) noexcept { state_ = (state_ ^ byte) * 0x100000001b3u; }

    std::uint64_t state_ = 0xcbf29ce484222325u;
};

/// Everything but the message: facts with the same value are similar.
[[nodiscard]] inline fact_hash similarity_of(event_fact const& fact) noexcept
{
    fact_hash hash;
    hash.add(fact.object.kind).add(fact.object.namespace_).add(fact.object.name);
    hash.add(fact.uid.str()).add(fact.type).add(fact.reason).add(fact.component);
    return hash;
}

/// `<object>.<16 digits>`, cut in the object's part to the 253 characters that a name may have.
[[nodiscard]] inline std::string event_name(std::string_view object, std::uint64_t hash)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string name{object.substr(0, 253 - 17)};
    // A part of a name must not end in a dot or dash, which cutting may have laid bare.
    while (!name.empty() && (name.back() == '.' || name.back() == '-'))
        name.pop_back();
    if (!name.empty())
        name += '.';
    for (int shift = 60; shift >= 0; shift -= 4)
        name += digits[(hash >> shift) & 15];
    return name;
}

} // namespace converge::detail
