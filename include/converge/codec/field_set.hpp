// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/json_path.hpp>
#include <converge/core/detail/config.hpp>
#include <converge/core/result.hpp>

#include <boost/json/value.hpp>

#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace converge {

/// A set of fields of a document, as a tree of their names: what one manager owns.
///
/// Objects are trees. Scalars, arrays as a whole, null and empty objects are leaves. Regular
/// value; all operations are linear in the sizes of the sets (times the logarithm of their
/// width) and recurse as deep as the document is nested.
class field_set {
public:
    /// Owns nothing.
    field_set() = default;

    /// Every leaf of `document`; the document itself is no field.
    [[nodiscard]] CONVERGE_DECL static field_set of(boost::json::value const& document);

    /// The leaves of `after` that `before` does not have, or has with another value. The other
    /// way round, `changed(after, before)`, it also tells what was removed.
    [[nodiscard]] CONVERGE_DECL static field_set changed(boost::json::value const& before,
                                                         boost::json::value const& after);

    /// Reads the form that Kubernetes calls fieldsV1: `{"f:spec":{"f:replicas":{}}}`. Items of
    /// lists (`k:`, `v:`, `i:`) count as the whole list.
    /// @returns errc::invalid, with the path, for any other member.
    [[nodiscard]] CONVERGE_DECL static result<field_set>
    from_json(boost::json::value const& fields);

    /// The same from JSON text; empty text is the empty set.
    [[nodiscard]] CONVERGE_DECL static result<field_set> parse(std::string_view fields);

    [[nodiscard]] CONVERGE_DECL boost::json::value to_json() const;

    [[nodiscard]] CONVERGE_DECL std::string str() const;

    [[nodiscard]] bool empty() const noexcept { return !owned_ && children_.empty(); }

    /// Whether the field itself is in the set; that fields inside it are does not count.
    [[nodiscard]] CONVERGE_DECL bool contains(std::span<std::string_view const> path) const;
    [[nodiscard]] CONVERGE_DECL bool contains(std::initializer_list<std::string_view> path) const;

    /// @pre `path` is not empty.
    CONVERGE_DECL void insert(std::span<std::string_view const> path);
    CONVERGE_DECL void insert(std::initializer_list<std::string_view> path);

    friend CONVERGE_DECL field_set operator|(field_set left, field_set const& right);
    friend CONVERGE_DECL field_set operator-(field_set const& left, field_set const& right);
    friend CONVERGE_DECL field_set operator&(field_set const& left, field_set const& right);

    [[nodiscard]] CONVERGE_DECL bool intersects(field_set const& other) const;

    /// The fields as text, for messages: `spec.replicas`, `metadata.labels["a.b/c"]`.
    [[nodiscard]] CONVERGE_DECL std::vector<std::string> paths() const;

    /// Takes these fields out of `document`, and objects that become empty by it. An object in
    /// the place of a leaf stays, for what it holds now is not in the set.
    CONVERGE_DECL void remove_from(boost::json::value& document) const;

    friend bool operator==(field_set const&, field_set const&) = default;

private:
    CONVERGE_DECL static field_set tree_of(boost::json::value const& value);

    CONVERGE_DECL void put(std::string_view name, field_set child);

    CONVERGE_DECL bool read(boost::json::value const& fields, detail::json_path& path);

    CONVERGE_DECL void collect_paths(std::string const& path, std::vector<std::string>& all) const;

    bool owned_ = false;
    std::map<std::string, field_set, std::less<>> children_;
};

/// The fields in either.
[[nodiscard]] CONVERGE_DECL field_set operator|(field_set left, field_set const& right);

/// The fields of `left` that are not in `right`.
[[nodiscard]] CONVERGE_DECL field_set operator-(field_set const& left, field_set const& right);

/// The fields in both.
[[nodiscard]] CONVERGE_DECL field_set operator&(field_set const& left, field_set const& right);

} // namespace converge

#if !defined(CONVERGE_SEPARATE_COMPILATION)
#include <converge/codec/impl/field_set.ipp>
#endif
