// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <converge/codec/detail/same_json.hpp>
#include <converge/codec/detail/shorten.hpp>
#include <converge/codec/json_pointer.hpp>
#include <converge/core/failure.hpp>
#include <converge/core/limits.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace converge::detail {

struct json_extent {
    /// About how many bytes a copy takes.
    std::size_t bytes = sizeof(boost::json::value);
    /// How many arrays and objects stand inside one another.
    std::size_t depth = 0;

    void enclose(json_extent inner)
    {
        bytes += inner.bytes;
        depth = std::max(depth, inner.depth + 1);
    }
};

[[nodiscard]] inline json_extent extent_of(boost::json::value const& value)
{
    json_extent sum;
    sum.depth = value.is_structured() ? 1 : 0;
    if (auto const* text = value.if_string())
        sum.bytes += text->size();
    if (auto const* array = value.if_array())
        for (auto const& element : *array)
            sum.enclose(extent_of(element));
    if (auto const* object = value.if_object())
        for (auto const& member : *object) {
            sum.bytes += member.key().size();
            sum.enclose(extent_of(member.value()));
        }
    return sum;
}

/// Applies the operations of a JSON patch one by one. After a failure the document is of no
/// use. Every function returns what went wrong, if anything did.
class json_patcher {
public:
    using problem = std::optional<failure>;

    json_patcher(boost::json::value& document, std::size_t copied_max)
        : document_{document},
          copy_left_{copied_max}
    {}

    problem apply(boost::json::value const& operation)
    {
        auto const* const object = operation.if_object();
        if (object == nullptr)
            return wrong("expected an object, got " + shown(operation));
        auto const name = text_member(*object, "op");
        auto const target = text_member(*object, "path");
        if (!name || !target)
            return wrong(std::string{"expected the string member "} + (name ? "path" : "op"));
        path_ = *target;
        auto const place = json_pointer::parse(*target);
        if (!place)
            return wrong(place.error().message);
        if (*name == "remove")
            return remove(*place);
        if (*name == "move" || *name == "copy")
            return transfer(*object, *name == "move", *place);
        auto const* const value = object->if_contains("value");
        if (*name != "add" && *name != "replace" && *name != "test")
            return wrong("expected the op add, remove, replace, move, copy or test, got \"" +
                         shorten(std::string{*name}) + '"');
        if (value == nullptr)
            return wrong(std::string{*name} + " needs the member value");
        if (*name == "add")
            return add(*place, *value);
        return *name == "replace" ? replace(*place, *value) : test(*place, *value);
    }

private:
    [[nodiscard]] problem wrong(std::string message, errc code = errc::invalid) const
    {
        return failure{code, std::move(message)}.at(path_);
    }

    [[nodiscard]] problem nothing_at(std::string_view place) const
    {
        return wrong("there is nothing at \"" + shorten(std::string{place}, 200) + '"');
    }

    static std::optional<std::string_view> text_member(boost::json::object const& operation,
                                                       std::string_view name)
    {
        auto const* const member = operation.if_contains(name);
        auto const* const text = member == nullptr ? nullptr : member->if_string();
        if (text == nullptr)
            return std::nullopt;
        return std::string_view{text->data(), text->size()};
    }

    /// Refuses a `value` so deep that whoever walks through the document later could run out of
    /// stack.
    [[nodiscard]] problem check_depth(json_pointer const& place,
                                      boost::json::value const& value) const
    {
        auto const depth = place.tokens().size() + extent_of(value).depth;
        if (depth <= limits::document_depth)
            return std::nullopt;
        return wrong("the document would be " + std::to_string(depth) +
                         " levels deep; the limit is " + std::to_string(limits::document_depth),
                     errc::too_large);
    }

    problem add(json_pointer const& place, boost::json::value value)
    {
        if (auto too_deep = check_depth(place, value))
            return too_deep;
        if (place.is_root()) {
            document_ = std::move(value);
            return std::nullopt;
        }
        auto* const holder = place.parent().find(document_);
        if (holder == nullptr)
            return wrong("the object or array to add to is missing");
        auto const& name = place.tokens().back();
        if (auto* object = holder->if_object()) {
            object->insert_or_assign(name, std::move(value));
            return std::nullopt;
        }
        auto* const array = holder->if_array();
        if (array == nullptr)
            return wrong("cannot add a member to " + shown(*holder));
        auto const index = name == "-" ? array->size() : json_pointer::index(name);
        if (!index || *index > array->size())
            return wrong("expected '-' or an index from 0 to " + std::to_string(array->size()) +
                         ", got \"" + shorten(name) + '"');
        array->insert(array->begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
        return std::nullopt;
    }

    problem remove(json_pointer const& place)
    {
        if (place.is_root())
            return wrong("the whole document cannot be removed");
        auto* const value = place.find(document_);
        if (value == nullptr)
            return nothing_at(path_);
        auto* const holder = place.parent().find(document_);
        if (auto* object = holder->if_object()) {
            object->stable_erase(object->find(place.tokens().back()));
        } else {
            auto& array = holder->get_array();
            array.erase(array.begin() + (value - array.data()));
        }
        return std::nullopt;
    }

    problem replace(json_pointer const& place, boost::json::value const& value)
    {
        auto* const target = place.find(document_);
        if (target == nullptr)
            return nothing_at(path_);
        if (auto too_deep = check_depth(place, value))
            return too_deep;
        *target = value;
        return std::nullopt;
    }

    problem test(json_pointer const& place, boost::json::value const& expected) const
    {
        auto const* const found = place.find(document_);
        if (found == nullptr)
            return nothing_at(path_);
        if (same_json(*found, expected))
            return std::nullopt;
        return wrong("test failed: expected " + shown(expected) + ", got " + shown(*found));
    }

    problem transfer(boost::json::object const& operation, bool moves, json_pointer const& to)
    {
        auto const source = text_member(operation, "from");
        if (!source)
            return wrong("move and copy need the string member from");
        auto const from = json_pointer::parse(*source);
        if (!from)
            return wrong(from.error().message);
        auto* const found = from->find(document_);
        if (found == nullptr)
            return nothing_at(*source);
        if (!moves)
            return copy(*found, to);
        if (*from == to)
            return std::nullopt;
        if (from->contains(to))
            return wrong("a value cannot be moved into itself");
        auto value = std::move(*found);
        if (auto problem_of_removal = remove(*from))
            return problem_of_removal;
        return add(to, std::move(value));
    }

    problem copy(boost::json::value const& found, json_pointer const& to)
    {
        auto const size = extent_of(found).bytes;
        if (size > copy_left_)
            return wrong("the patch copies too much", errc::too_large);
        copy_left_ -= size;
        return add(to, found);
    }

    boost::json::value& document_;
    std::size_t copy_left_;
    std::string path_;
};

} // namespace converge::detail
