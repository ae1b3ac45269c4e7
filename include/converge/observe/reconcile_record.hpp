// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/core/detail/config.hpp>
#include <converge/core/object_ref.hpp>
#include <converge/core/revision.hpp>
#include <converge/core/time.hpp>
#include <converge/work/cause.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace converge {

/// One write of a reconcile.
struct write_record {
    /// `create`, `update_status`, `remove`: the verb of the request.
    std::string verb{};
    object_ref object{};
    revision at{};
};

/// One reconcile that has ended.
struct reconcile_record {
    std::string controller{};
    object_ref about{};
    /// What made it run; of very many the first few.
    std::vector<cause> causes{};
    /// How many there were.
    std::uint32_t cause_count = 0;
    /// The revision of the object that it was given.
    revision seen{};
    /// Failed attempts before it.
    unsigned attempt = 0;
    instant began{};
    duration took{};
    /// `settled`, `again`, `again_in`, `failed`, `conflict`, `terminal`.
    std::string result{};
    /// Why, if it failed.
    std::string why{};
    /// What it wrote, in order; writes that changed nothing are none.
    std::vector<write_record> writes{};
};

/// `settled after 0.2 ms; because Site default/blog changed at 17; wrote update_status Site default/blog at
/// 18`: one line.
[[nodiscard]] CONVERGE_DECL std::string to_string(reconcile_record const& of);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/observe/impl/reconcile_record.ipp>
#endif
