// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/field_set.hpp>

#include <converge/codec/detail/same_json.hpp>
#include <converge/codec/detail/shorten.hpp>
#include <converge/codec/parse_json.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace converge {

CONVERGE_DECL field_set field_set::of(boost::json::value const& document)
{
    auto all = tree_of(document);
    all.owned_ = false;
    return all;
}

CONVERGE_DECL field_set field_set::changed(boost::json::value const& before,
                                           boost::json::value const& after)
{
    auto const* const old_object = before.if_object();
    auto const* const new_object = after.if_object();
    if (old_object == nullptr || new_object == nullptr || new_object->empty())
        return detail::same_json(before, after) ? field_set{} : tree_of(after);
    field_set changes;
    for (auto const& member : *new_object) {
        auto const* const old_value = old_object->if_contains(member.key());
        changes.put(member.key(),
                    old_value ? changed(*old_value, member.value()) : tree_of(member.value()));
    }
    return changes;
}

CONVERGE_DECL result<field_set> field_set::from_json(boost::json::value const& fields)
{
    field_set all;
    detail::json_path path;
    if (!all.read(fields, path))
        return failure{errc::invalid, "expected an object with members like \"f:spec\", got " +
                                          detail::shown(fields)}
            .at(path.str());
    all.owned_ = false;
    return all;
}

CONVERGE_DECL result<field_set> field_set::parse(std::string_view fields)
{
    if (fields.empty())
        return field_set{};
    auto const document = parse_json(fields);
    if (!document)
        return document.error();
    return from_json(*document);
}

CONVERGE_DECL boost::json::value field_set::to_json() const
{
    boost::json::object fields;
    if (owned_ && !children_.empty())
        fields.emplace(".", boost::json::object{});
    for (auto const& [name, child] : children_)
        fields.emplace("f:" + name, child.to_json());
    return fields;
}

CONVERGE_DECL std::string field_set::str() const { return boost::json::serialize(to_json()); }

CONVERGE_DECL bool field_set::contains(std::span<std::string_view const> path) const
{
    if (path.empty())
        return owned_;
    auto const child = children_.find(path.front());
    return child != children_.end() && child->second.contains(path.subspan(1));
}

CONVERGE_DECL bool field_set::contains(std::initializer_list<std::string_view> path) const
{
    return contains(std::span{path.begin(), path.size()});
}

CONVERGE_DECL void field_set::insert(std::span<std::string_view const> path)
{
    if (path.empty())
        owned_ = true;
    else
        children_[std::string{path.front()}].insert(path.subspan(1));
}

CONVERGE_DECL void field_set::insert(std::initializer_list<std::string_view> path)
{
    insert(std::span{path.begin(), path.size()});
}

CONVERGE_DECL bool field_set::intersects(field_set const& other) const
{
    return !(*this & other).empty();
}

CONVERGE_DECL std::vector<std::string> field_set::paths() const
{
    std::vector<std::string> all;
    collect_paths({}, all);
    return all;
}

CONVERGE_DECL void field_set::remove_from(boost::json::value& document) const
{
    auto* const object = document.if_object();
    if (object == nullptr)
        return;
    for (auto const& [name, child] : children_) {
        auto const member = object->find(name);
        if (member == object->end())
            continue;
        auto& value = member->value();
        bool const is_tree = value.is_object() && !value.get_object().empty();
        if (is_tree)
            child.remove_from(value);
        bool const emptied = is_tree && value.get_object().empty();
        if (emptied || (!is_tree && child.owned_))
            object->stable_erase(member);
    }
}

CONVERGE_DECL field_set field_set::tree_of(boost::json::value const& value)
{
    field_set tree;
    if (auto const* object = value.if_object())
        for (auto const& member : *object)
            tree.children_.emplace(member.key(), tree_of(member.value()));
    tree.owned_ = tree.children_.empty();
    return tree;
}

CONVERGE_DECL void field_set::put(std::string_view name, field_set child)
{
    if (!child.empty())
        children_.insert_or_assign(std::string{name}, std::move(child));
}

CONVERGE_DECL bool field_set::read(boost::json::value const& fields, detail::json_path& path)
{
    auto const* const object = fields.if_object();
    if (object == nullptr)
        return false;
    owned_ = object->empty();
    for (auto const& member : *object) {
        std::string_view const name{member.key().data(), member.key().size()};
        path.enter_member(name);
        bool const item =
            name.starts_with("k:") || name.starts_with("v:") || name.starts_with("i:");
        owned_ = owned_ || item || name == ".";
        if (name.starts_with("f:")) {
            if (!children_[std::string{name.substr(2)}].read(member.value(), path))
                return false;
        } else if (!item && name != ".") {
            return false;
        }
        path.leave();
    }
    return true;
}

CONVERGE_DECL void field_set::collect_paths(std::string const& path,
                                            std::vector<std::string>& all) const
{
    if (owned_)
        all.push_back(path);
    for (auto const& [name, child] : children_) {
        auto place = path;
        detail::append_member(place, name);
        child.collect_paths(place, all);
    }
}

CONVERGE_DECL field_set operator|(field_set left, field_set const& right)
{
    left.owned_ = left.owned_ || right.owned_;
    for (auto const& [name, child] : right.children_) {
        auto& mine = left.children_[name];
        mine = std::move(mine) | child;
    }
    return left;
}

CONVERGE_DECL field_set operator-(field_set const& left, field_set const& right)
{
    field_set rest;
    rest.owned_ = left.owned_ && !right.owned_;
    for (auto const& [name, child] : left.children_) {
        auto const other = right.children_.find(name);
        rest.put(name, other == right.children_.end() ? child : child - other->second);
    }
    return rest;
}

CONVERGE_DECL field_set operator&(field_set const& left, field_set const& right)
{
    field_set common;
    common.owned_ = left.owned_ && right.owned_;
    for (auto const& [name, child] : left.children_) {
        auto const other = right.children_.find(name);
        if (other != right.children_.end())
            common.put(name, child & other->second);
    }
    return common;
}

} // namespace converge
