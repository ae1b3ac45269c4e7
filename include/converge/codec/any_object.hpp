// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/encoded_object.hpp>
#include <converge/codec/resource_type.hpp>
#include <converge/core/detail/prefetch.hpp>

#include <memory>
#include <string>
#include <utility>

namespace converge {

/// An immutable object whose kind is known at run time: what stores, caches and transports
/// carry. Copying shares the object. Empty when default-constructed.
///
/// One that a store read from its file is decoded when it is first looked at: then every member
/// that needs the object throws errc::invalid if the text does not suit the program's structs.
class any_object {
public:
    any_object() = default;
    any_object(resource_type const& type, std::shared_ptr<void const> value)
        : type_{&type},
          value_{std::move(value)}
    {}
    explicit any_object(std::shared_ptr<encoded_object const> value) : value_{std::move(value)} {}
    template <class R>
    explicit any_object(object_ptr<R> value) : type_{&type_of<R>()},
                                               value_{std::move(value)}
    {}
    template <class R>
    explicit any_object(object<R> value)
        : any_object{object_ptr<R>{std::make_shared<object<R>>(std::move(value))}}
    {}

    [[nodiscard]] explicit operator bool() const noexcept { return value_ != nullptr; }
    /// @pre Not empty; so for all members below.
    [[nodiscard]] resource_type const& type() const noexcept
    {
        return type_ ? *type_ : encoded().type();
    }
    [[nodiscard]] object_meta const& metadata() const { return type().metadata_of(get()); }
    [[nodiscard]] void const* get() const { return share().get(); }
    [[nodiscard]] std::shared_ptr<void const> const& share() const
    {
        return type_ || !value_ ? value_ : encoded().decoded();
    }
    [[nodiscard]] object_key key() const { return {metadata().namespace_, metadata().name}; }
    [[nodiscard]] object_ref ref() const
    {
        return {std::string{type().kind.kind}, metadata().namespace_, metadata().name};
    }
    [[nodiscard]] boost::json::value to_json() const { return type().encode(get()); }

    /// Has the processor fetch what is looked at first of the object: its name, its life and its
    /// owners. Of no effect otherwise.
    [[gnu::always_inline]] void foresee() const noexcept
    {
        auto const* const begin = value_.get();
        // Where object_meta has them: the name, the uid, the revision, the owners.
        detail::prefetch_line(begin);
        detail::prefetch_line(begin, 1);
        detail::prefetch_line(begin, 2);
        detail::prefetch_line(begin, 4);
    }

    template <class R>
    [[nodiscard]] bool is() const noexcept
    {
        return &type() == &type_of<R>();
    }

    /// The object itself. @pre `is<R>()`.
    template <class R>
    [[nodiscard]] object_ptr<R> as() const
    {
        return std::static_pointer_cast<object<R> const>(share());
    }

private:
    [[nodiscard]] encoded_object const& encoded() const noexcept
    {
        return *static_cast<encoded_object const*>(value_.get());
    }

    /// Null if `value_` is an `encoded_object`, which knows its type.
    resource_type const* type_ = nullptr;
    std::shared_ptr<void const> value_;
};

/// An object that is still being made: owned by one holder, changeable, not yet shared.
class draft_object {
public:
    draft_object() = default;
    draft_object(resource_type const& type, std::shared_ptr<void> value)
        : type_{&type},
          value_{std::move(value)}
    {}
    /// A private copy of `from`.
    explicit draft_object(any_object const& from)
        : type_{&from.type()},
          value_{from.type().copy(from.get())}
    {}

    draft_object(draft_object&&) = default;
    draft_object& operator=(draft_object&&) = default;

    [[nodiscard]] explicit operator bool() const noexcept { return value_ != nullptr; }
    [[nodiscard]] resource_type const& type() const noexcept { return *type_; }
    [[nodiscard]] object_meta& metadata() { return type_->metadata(value_.get()); }
    [[nodiscard]] object_meta const& metadata() const { return type_->metadata_of(value_.get()); }
    [[nodiscard]] void* get() noexcept { return value_.get(); }
    [[nodiscard]] void const* get() const noexcept { return value_.get(); }
    [[nodiscard]] object_key key() const { return {metadata().namespace_, metadata().name}; }

    /// Another draft with the same content.
    [[nodiscard]] draft_object copy() const { return {*type_, type_->copy(value_.get())}; }

    /// Ends the making: from here on the object is immutable.
    [[nodiscard]] any_object freeze() &&
    {
        return any_object{*type_, std::shared_ptr<void const>{std::move(value_)}};
    }

private:
    resource_type const* type_ = nullptr;
    std::shared_ptr<void> value_;
};

} // namespace converge
