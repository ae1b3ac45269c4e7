// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/resource_type.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/revision.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace converge {

/// An object as the JSON text that a file held, decoded once, when it is first asked for. A store
/// can then be opened in the time that reading takes, and objects that nobody looks at are never
/// decoded.
///
/// @par Threads  All members may be called from any thread.
class encoded_object {
public:
    /// @param at  The revision of the object, which the text does not carry.
    encoded_object(resource_type const& type, std::string text, revision at)
        : type_{type},
          text_{std::move(text)},
          at_{at}
    {}
    encoded_object(encoded_object const&) = delete;
    encoded_object& operator=(encoded_object const&) = delete;
    CONVERGE_DECL ~encoded_object();

    [[nodiscard]] resource_type const& type() const noexcept { return type_; }
    [[nodiscard]] std::string const& text() const noexcept { return text_; }

    /// The object; stays as long as this. @throws errc::invalid, each time, if the text is not an
    /// object of the kind: with its name, the path and the remedy.
    [[nodiscard]] CONVERGE_DECL std::shared_ptr<void const> const& decoded() const;

private:
    [[nodiscard]] CONVERGE_DECL std::shared_ptr<void const> decode() const;

    resource_type const& type_;
    std::string text_;
    revision at_;
    mutable std::atomic<std::shared_ptr<void const> const*> decoded_{nullptr};
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/encoded_object.ipp>
#endif
