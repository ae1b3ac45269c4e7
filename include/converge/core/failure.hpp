// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/errc.hpp>
#include <converge/core/object_ref.hpp>

#include <boost/system/error_code.hpp>
#include <boost/throw_exception.hpp>

#include <exception>
#include <source_location>
#include <string>
#include <utility>

namespace converge {

/// One thing that went wrong: what (`code`), in words (`message`: the value, what was
/// expected, the remedy), to which object, and where in its document (`path`, as in
/// `spec.template.containers[1].image`). Regular value; empty parts are unknown.
struct failure {
    boost::system::error_code code{};
    std::string message{};
    std::string path{};
    object_ref object{};
    std::source_location where{};

    failure() = default;
    failure(errc reason, std::string text, std::source_location at = std::source_location::current())
        : code{make_error_code(reason)}, message{std::move(text)}, where{at}
    {
    }
    failure(boost::system::error_code reason, std::string text,
            std::source_location at = std::source_location::current())
        : code{reason}, message{std::move(text)}, where{at}
    {
    }

    /// This failure, at `location` inside the document.
    [[nodiscard]] failure at(std::string location) &&
    {
        path = std::move(location);
        return std::move(*this);
    }

    /// This failure, about `subject`.
    [[nodiscard]] failure about(object_ref subject) &&
    {
        object = std::move(subject);
        return std::move(*this);
    }

    [[nodiscard]] bool is(errc reason) const noexcept { return code == make_error_code(reason); }

    /// One line for a person: `Web default/blog: spec.replicas: -1 is not …`.
    [[nodiscard]] CONVERGE_DECL std::string what() const;
};

/// The exception that awaited operations throw.
class error : public std::exception {
public:
    CONVERGE_DECL explicit error(failure reason);
    CONVERGE_DECL error(errc code, std::string message,
                        std::source_location at = std::source_location::current());

    CONVERGE_DECL char const* what() const noexcept override;
    [[nodiscard]] failure const& reason() const noexcept { return reason_; }
    [[nodiscard]] bool is(errc code) const noexcept { return reason_.is(code); }

private:
    failure reason_;
    std::string text_;
};

/// Lets `boost::system::result<T, failure>::value()` throw `error`.
[[noreturn]] CONVERGE_DECL void throw_exception_from_error(failure const& reason,
                                                           boost::source_location const&);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/core/impl/failure.ipp>
#endif
