// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/request.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>

#include <functional>
#include <map>
#include <vector>

namespace converge {

/// What an admission hook is asked: may this be written?
struct admission_review {
    verb what;
    /// Empty for a create.
    any_object before;
    /// The object as it would be written; a hook may change it.
    draft_object& proposed;
};

/// The hooks of an api, by kind. They run in the order of their registration: all that default,
/// then all that may change or refuse. Fill it before the api serves; thread-safe from then on.
class admission {
public:
    using hook = std::function<result<void>(admission_review&)>;

    CONVERGE_DECL void add(resource_type const& type, hook decide);

    /// @returns the first refusal. @par Complexity  Linear in the hooks of the kind.
    [[nodiscard]] CONVERGE_DECL result<void> review(admission_review& asked) const;

private:
    std::map<resource_type const*, std::vector<hook>> hooks_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/api/impl/admission.ipp>
#endif
