// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/api/list_options.hpp>
#include <converge/api/request_origin.hpp>
#include <converge/api/write_options.hpp>
#include <converge/codec/any_object.hpp>
#include <converge/core/key.hpp>
#include <converge/core/revision.hpp>

#include <boost/json/value.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

/// What a request asks for.
enum class verb {
    get,
    list,
    create,
    update,
    update_status,
    patch,
    patch_status,
    apply,
    remove,
    renew
};

[[nodiscard]] constexpr std::string_view to_string(verb what) noexcept
{
    switch (what) {
    case verb::get: return "get";
    case verb::list: return "list";
    case verb::create: return "create";
    case verb::update: return "update";
    case verb::update_status: return "update status";
    case verb::patch: return "patch";
    case verb::patch_status: return "patch status";
    case verb::apply: return "apply";
    case verb::remove: return "remove";
    case verb::renew: return "renew";
    }
    return "unknown";
}

/// The two patch formats: RFC 7396 (an object) and RFC 6902 (an array of operations).
enum class patch_format { merge, json };

/// One request to an api, of any kind. Made by the factories, one a verb; owns what it carries,
/// because it may outlive the coroutine that sent it.
///
/// Who names no namespace means the default one, if the kind has namespaces; a list means all.
class request {
public:
    [[nodiscard]] static request get(resource_type const& type, object_key key)
    {
        return {verb::get, type, std::move(key)};
    }
    [[nodiscard]] static request list(resource_type const& type, list_options which)
    {
        request made{verb::list, type, {}};
        made.list_ = std::move(which);
        return made;
    }
    /// `what` is create, update, update_status or apply.
    [[nodiscard]] static request write(verb what, draft_object body, write_options how)
    {
        request made{what, body.type(), body.key()};
        body.metadata().namespace_ = made.key_.namespace_;
        made.body_ = std::move(body);
        made.write_ = std::move(how);
        return made;
    }
    /// `what` is patch or patch_status.
    [[nodiscard]] static request patch(verb what, resource_type const& type, object_key key,
                                       patch_format format, boost::json::value document,
                                       write_options how)
    {
        request made{what, type, std::move(key)};
        made.format_ = format;
        made.patch_ = std::move(document);
        made.write_ = std::move(how);
        return made;
    }
    [[nodiscard]] static request remove(resource_type const& type, object_key key,
                                        write_options how)
    {
        request made{verb::remove, type, std::move(key)};
        made.write_ = std::move(how);
        return made;
    }
    [[nodiscard]] static request renew(resource_type const& type, object_key key,
                                       write_options how = {})
    {
        request made{verb::renew, type, std::move(key)};
        made.write_ = std::move(how);
        return made;
    }

    [[nodiscard]] verb what() const noexcept { return what_; }
    [[nodiscard]] resource_type const& type() const noexcept { return *type_; }
    [[nodiscard]] object_key const& key() const noexcept { return key_; }
    [[nodiscard]] draft_object& body() noexcept { return body_; }
    [[nodiscard]] boost::json::value const& document() const noexcept { return patch_; }
    [[nodiscard]] patch_format format() const noexcept { return format_; }
    [[nodiscard]] list_options const& which() const noexcept { return list_; }
    [[nodiscard]] write_options const& how() const noexcept { return write_; }
    /// The reconcile that sent it; null if none did.
    [[nodiscard]] std::shared_ptr<request_origin const> const& origin() const noexcept
    {
        return origin_;
    }
    [[nodiscard]] request from(std::shared_ptr<request_origin const> origin) &&
    {
        origin_ = std::move(origin);
        return std::move(*this);
    }
    [[nodiscard]] request fenced_by(std::shared_ptr<write_fence const> fence) &&
    {
        write_ = std::move(write_).fenced_by(std::move(fence));
        return std::move(*this);
    }
    [[nodiscard]] object_ref ref() const
    {
        return {std::string{type_->kind.kind}, key_.namespace_, key_.name};
    }

private:
    request(verb what, resource_type const& type, object_key key)
        : what_{what},
          type_{&type},
          key_{std::move(key)}
    {
        bool const placed = what == verb::list || type.scope == scope::cluster;
        if (!placed && key_.namespace_.empty())
            key_.namespace_ = default_namespace;
    }

    verb what_;
    resource_type const* type_;
    object_key key_;
    draft_object body_;
    boost::json::value patch_;
    patch_format format_ = patch_format::merge;
    list_options list_;
    write_options write_;
    std::shared_ptr<request_origin const> origin_;
};

/// The answer to a request that succeeded.
class response {
public:
    response() = default;
    explicit response(any_object only) : object_{std::move(only)} {}
    response(std::vector<any_object> items, revision at, std::string token)
        : items_{std::move(items)},
          at_{at},
          token_{std::move(token)}
    {}

    /// get: the object, empty if there is none. Writes: the object as it is now; remove: as it
    /// was, or as it is marked.
    [[nodiscard]] any_object const& object() const noexcept { return object_; }
    [[nodiscard]] std::vector<any_object> const& items() const noexcept { return items_; }
    [[nodiscard]] std::vector<any_object> take_items() noexcept { return std::move(items_); }
    /// list: the revision that it shows. Writes: the revision that they made, or zero if nothing
    /// had to be written.
    [[nodiscard]] revision at() const noexcept { return at_; }
    /// list: not empty if objects follow.
    [[nodiscard]] std::string const& token() const noexcept { return token_; }

    [[nodiscard]] response written_at(revision at) &&
    {
        at_ = at;
        return std::move(*this);
    }

private:
    any_object object_;
    std::vector<any_object> items_;
    revision at_{};
    std::string token_;
};

} // namespace converge
