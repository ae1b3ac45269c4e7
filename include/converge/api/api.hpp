// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/admission.hpp>
#include <converge/api/request.hpp>
#include <converge/api/transport.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/store/any_store.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace converge {

namespace detail {

struct write_facts;

} // namespace detail

/// The semantics of a Kubernetes API server over a store, in this process.
///
/// Create: the api gives name (from `generate_name`), uid, generation 1 and creation time, fills
/// defaults, asks the admission hooks, validates. Update: refused with a conflict if the object
/// carries a revision or uid that is not the stored one; status stays; a change of what is
/// desired raises the generation; a write that changes nothing is not written. Status: changes
/// only status. Remove: erases, or marks an object that has finalizers, which goes with its last
/// finalizer. All of it is one compare-and-swap a write, so any number of apis may serve one
/// store.
///
/// @par Threads  As the store, once the hooks are set.
/// @par Errors   Those of `transport::send`; each names object, field, value and remedy.
class api final : public transport {
public:
    explicit api(any_store target) : store_{std::move(target)} {}

    /// The hooks; set them before serving.
    [[nodiscard]] admission& hooks() noexcept { return hooks_; }

    [[nodiscard]] CONVERGE_DECL task<response> send(request asked) override;

    [[nodiscard]] CONVERGE_DECL std::unique_ptr<watch_stream> watch(watch_request asked) override;

    /// @par Cancellation  Between two writes; what is left is found again by the next one.
    [[nodiscard]] CONVERGE_DECL task<> housekeep(logger log = {}) override;

private:
    [[nodiscard]] CONVERGE_DECL task<response> dispatch(request asked);

    /// What is stored under the key of `asked`, which must outlive the task. @throws errc::invalid
    /// if it is of another struct.
    [[nodiscard]] CONVERGE_DECL task<std::optional<stored>> read(request const& asked);

    [[nodiscard]] CONVERGE_DECL task<response> get(request asked);

    [[nodiscard]] CONVERGE_DECL task<response> list(request asked);

    [[nodiscard]] CONVERGE_DECL task<response> create(request asked);

    /// @throws errc::fenced if `how` has a fence that does not hold any more.
    [[nodiscard]] CONVERGE_DECL task<> check_fence(write_options const& how);

    /// Stores a prepared draft under its new name; nothing if the name is taken.
    [[nodiscard]] CONVERGE_DECL task<std::optional<response>> store_new(draft_object draft,
                                                                        write_options how);

    /// Updates and patches: read, change, compare-and-swap; tried again when someone else was
    /// faster and the request itself has no precondition.
    [[nodiscard]] CONVERGE_DECL task<response> change(request asked);

    /// Writes `draft` in the place of `before`; nothing if `before` is no longer what is stored.
    [[nodiscard]] CONVERGE_DECL task<std::optional<response>>
    replace(request const& asked, any_object before, draft_object draft, lease_id lease);

    [[nodiscard]] CONVERGE_DECL task<response> apply(request asked);

    [[nodiscard]] CONVERGE_DECL task<response> remove(request asked);

    [[nodiscard]] CONVERGE_DECL task<response> renew(request asked);

    [[nodiscard]] CONVERGE_DECL task<detail::write_facts> draw_facts();

    any_store store_;
    admission hooks_;
};

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/api/impl/api.ipp>
#endif
