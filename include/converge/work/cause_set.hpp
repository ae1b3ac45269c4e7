// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/work/cause.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>

namespace converge {

/// Everything that queued one run of a key, merged in constant space: which kinds, how many, the
/// first source named and the highest revision.
///
/// It answers "why was this reconciled?" in logs, metrics and traces. It is not for logic: merging
/// loses all but the first source, and a restart loses everything.
class cause_set {
public:
    cause_set() = default;
    explicit cause_set(cause const& first) { add(first); }

    void add(cause const& one) { absorb(bit(one.kind()), 1, one.source(), one.at()); }

    void merge(cause_set const& other)
    {
        absorb(other.mask_, other.count_, other.source_, other.at_);
    }

    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] bool contains(cause_kind kind) const noexcept { return (mask_ & bit(kind)) != 0; }
    /// How many causes were merged; stays at the largest value once there.
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    /// The first other object that was named as a source; null if none was. Lives as long as
    /// this set is unchanged.
    [[nodiscard]] object_ref const* source() const noexcept { return source_.get(); }
    [[nodiscard]] revision at() const noexcept { return at_; }

    /// `changed+owned from Pod default/p1 at 57 (3 merged)`; `none` if empty.
    [[nodiscard]] std::string str() const
    {
        std::string text;
        for (unsigned index = 0; index < 32; ++index) {
            if ((mask_ & (1u << index)) == 0)
                continue;
            if (!text.empty())
                text += '+';
            text += to_string(static_cast<cause_kind>(index));
        }
        if (text.empty())
            return "none";
        if (source_)
            text += " from " + to_string(*source_);
        if (at_)
            text += " at " + to_string(at_);
        if (count_ > 1)
            text += " (" + std::to_string(count_) + " merged)";
        return text;
    }

private:
    [[nodiscard]] static std::uint32_t bit(cause_kind kind) noexcept
    {
        return 1u << static_cast<unsigned>(kind);
    }

    void absorb(std::uint32_t mask, std::uint32_t count,
                std::shared_ptr<object_ref const> const& source, revision at)
    {
        mask_ |= mask;
        count_ += std::min(count, std::numeric_limits<std::uint32_t>::max() - count_);
        if (!source_)
            source_ = source;
        at_ = std::max(at_, at);
    }

    std::shared_ptr<object_ref const> source_;
    revision at_;
    std::uint32_t mask_ = 0;
    std::uint32_t count_ = 0;
};

} // namespace converge
