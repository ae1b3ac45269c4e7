// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/any_object.hpp>
#include <converge/core/uid.hpp>
#include <converge/work/detail/key_table.hpp>

#include <cstddef>
#include <functional>
#include <utility>

namespace converge::detail {

/// Objects by uid, without copies of the uids: those of a whole store. Constant on average.
class known_objects {
public:
    /// Null if there is none.
    [[nodiscard]] any_object const* find(uid const& id) const
    {
        auto const* const found = table_.find(id);
        return found != nullptr ? &found->key.it : nullptr;
    }

    /// @returns what it replaced, if anything.
    any_object put(any_object const& object)
    {
        auto const before = table_.size();
        auto& entry = table_.obtain(object);
        return table_.size() == before ? std::exchange(entry.key.it, object) : any_object{};
    }

    /// @returns what was there, if anything.
    any_object take(uid const& id)
    {
        auto* const found = table_.find(id);
        if (found == nullptr)
            return {};
        auto gone = std::exchange(found->key.it, any_object{});
        table_.erase(*found);
        return gone;
    }

    /// In no order.
    template <class Visitor>
    void for_each(Visitor visit)
    {
        table_.for_each([&](keyed_entry<known> const& each) { visit(each.key.it); });
    }

private:
    struct known {
        any_object it;

        known& operator=(any_object const& object)
        {
            it = object;
            return *this;
        }
        friend bool operator==(known const& left, any_object const& right)
        {
            return left == right.metadata().uid;
        }
        friend bool operator==(known const& left, uid const& right)
        {
            return left.it.metadata().uid == right;
        }
    };
    struct hash_of_uid {
        std::size_t operator()(any_object const& object) const
        {
            return (*this)(object.metadata().uid);
        }
        std::size_t operator()(uid const& id) const { return std::hash<uid>{}(id); }
    };

    key_table<known, keyed_entry<known>, hash_of_uid> table_;
};

} // namespace converge::detail
