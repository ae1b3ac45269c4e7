// SPDX-License-Identifier: BSL-1.0
#include "yaml/read_yaml.hpp"

#include <converge/core/failure.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

namespace cluster {

namespace {

using boost::json::value;

bool all_of(std::string_view text, std::string_view allowed)
{
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view digits = "0123456789";

/// Splits `-0x1f` into sign, base and digits; no digits if it is no integer.
struct integer_text {
    bool negative = false;
    int base = 10;
    std::string_view magnitude{};
};

integer_text integer_in(std::string_view text)
{
    integer_text found;
    if (text.starts_with('-') || text.starts_with('+')) {
        found.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    bool const prefixed = text.size() > 2 && text.front() == '0';
    if (prefixed && text[1] == 'x' && all_of(text.substr(2), "0123456789abcdefABCDEF"))
        return {found.negative, 16, text.substr(2)};
    if (prefixed && text[1] == 'o' && all_of(text.substr(2), "01234567"))
        return {found.negative, 8, text.substr(2)};
    if (!all_of(text, digits))
        return found;
    bool const octal = text.size() > 1 && text.front() == '0';
    return {found.negative, octal ? 8 : 10, text};
}

bool is_float(std::string_view text)
{
    if (text.starts_with('-') || text.starts_with('+'))
        text.remove_prefix(1);
    auto const exponent = text.find_first_of("eE");
    auto const mantissa = text.substr(0, exponent);
    auto const point = mantissa.find('.');
    auto const whole = mantissa.substr(0, point);
    auto const fraction =
        point == std::string_view::npos ? std::string_view{} : mantissa.substr(point + 1);
    bool const has_mantissa = (whole.empty() || all_of(whole, digits)) &&
                              (fraction.empty() || all_of(fraction, digits)) &&
                              !(whole.empty() && fraction.empty());
    if (exponent == std::string_view::npos)
        return has_mantissa;
    auto power = text.substr(exponent + 1);
    if (power.starts_with('-') || power.starts_with('+'))
        power.remove_prefix(1);
    return has_mantissa && all_of(power, digits);
}

/// Thrown through the parser, which knows only exceptions.
struct refusal {
    YAML::Mark at;
    std::string message;
    converge::errc code = converge::errc::invalid;
};

value integer_value(std::string_view text, integer_text const& parts, YAML::Mark const& at)
{
    std::uint64_t magnitude = 0;
    auto const* const end = parts.magnitude.data() + parts.magnitude.size();
    auto const read = std::from_chars(parts.magnitude.data(), end, magnitude, parts.base);
    if (read.ptr != end)
        throw refusal{at, std::string{text} + " is no octal number, although it begins with 0; "
                                              "write it without the 0, or in quotes if it is text"};
    constexpr auto signed_max =
        static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    bool const fits = read.ec == std::errc{} && (!parts.negative || magnitude <= signed_max + 1);
    if (!fits)
        throw refusal{at, std::string{text} + " needs more than 64 bits; "
                                              "put it in quotes if it is text"};
    if (parts.negative)
        return static_cast<std::int64_t>(0 - magnitude);
    if (magnitude <= signed_max)
        return static_cast<std::int64_t>(magnitude);
    return magnitude;
}

value plain_value(std::string_view text, YAML::Mark const& at)
{
    if (text == "true" || text == "True" || text == "TRUE")
        return true;
    if (text == "false" || text == "False" || text == "FALSE")
        return false;
    auto const integer = integer_in(text);
    if (!integer.magnitude.empty())
        return integer_value(text, integer, at);
    if (!is_float(text))
        return boost::json::string{text};
    double real = 0;
    auto const unsigned_text = text.starts_with('+') ? text.substr(1) : text;
    auto const* const end = unsigned_text.data() + unsigned_text.size();
    auto const read = std::from_chars(unsigned_text.data(), end, real);
    if (read.ec != std::errc{} || !std::isfinite(real))
        throw refusal{at, std::string{text} + " is beyond the range of numbers; "
                                              "put it in quotes if it is text"};
    return real;
}

constexpr std::string_view core_tag = "tag:yaml.org,2002:";

/// `?` is the tag of a plain scalar, `!` that of a quoted one.
value scalar_value(std::string_view text, std::string_view tag, YAML::Mark const& at)
{
    if (tag == "?" || tag.empty())
        return plain_value(text, at);
    if (tag.starts_with(core_tag) && tag != "tag:yaml.org,2002:str")
        return plain_value(text, at);
    return boost::json::string{text};
}

/// Builds documents from the parser's events, without a tree in between, so that limits apply
/// while the file is read.
class document_builder : public YAML::EventHandler {
public:
    explicit document_builder(yaml_limits limits) : limits_{limits} {}

    [[nodiscard]] std::vector<yaml_document>&& documents() { return std::move(documents_); }

    void OnDocumentStart(YAML::Mark const&) override
    {
        document_ = {};
        anchors_.clear();
    }
    void OnDocumentEnd() override
    {
        if (!document_.value.is_null())
            documents_.push_back(std::move(document_));
    }
    void OnNull(YAML::Mark const& at, YAML::anchor_t anchor) override
    {
        if (expects_key())
            throw refusal{at, "a key is missing"};
        add_leaf(at, anchor, nullptr);
    }
    void OnScalar(YAML::Mark const& at, std::string const& tag, YAML::anchor_t anchor,
                  std::string const& text) override
    {
        if (expects_key())
            return take_key(at, text, tag == "?");
        add_leaf(at, anchor, scalar_value(text, tag, at));
    }
    void OnAlias(YAML::Mark const& at, YAML::anchor_t anchor) override
    {
        auto const known = anchors_.find(anchor);
        if (known == anchors_.end())
            throw refusal{at, "an alias may not stand inside the value that it stands for"};
        if (expects_key())
            throw refusal{at, "a key has to be written out, not an alias"};
        (void)open_place(at);
        count(at, known->second.values);
        add(at, known->second.content);
    }
    void OnSequenceStart(YAML::Mark const& at, std::string const&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override
    {
        enter(at, anchor, boost::json::array{});
    }
    void OnSequenceEnd() override { leave(); }
    void OnMapStart(YAML::Mark const& at, std::string const&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override
    {
        enter(at, anchor, boost::json::object{});
    }
    void OnMapEnd() override { leave(); }

private:
    struct frame {
        YAML::Mark at;
        YAML::anchor_t anchor;
        source_map::place place;
        /// How many values there were before this one.
        std::size_t values_before;
        value content;
        /// The key whose value comes next.
        std::optional<std::string> key{};
        bool merges = false;
        /// From merge keys; weaker than the members of the map itself.
        boost::json::object inherited{};
        source_map::place key_place = 0;
    };

    struct anchored {
        value content;
        std::size_t values;
    };

    [[nodiscard]] bool expects_key() const
    {
        return !frames_.empty() && frames_.back().content.is_object() && !frames_.back().key;
    }

    void take_key(YAML::Mark const& at, std::string const& text, bool plain)
    {
        auto& in = frames_.back();
        in.merges = plain && text == "<<";
        if (in.content.get_object().contains(text))
            throw refusal{at, "the key \"" + text + "\" is already there (line " +
                                  std::to_string(line_of_key(in, text)) + "); keep one of them"};
        in.key_place =
            in.merges ? in.place : document_.lines.add_member(in.place, text, at.line + 1);
        in.key = text;
    }

    [[nodiscard]] int line_of_key(frame const& in, std::string const& key) const
    {
        return document_.lines.line_of_member(in.place, key);
    }

    /// Where the value that begins at `at` stands.
    source_map::place open_place(YAML::Mark const& at)
    {
        if (frames_.empty()) {
            document_.lines.set_line(source_map::root, at.line + 1);
            return source_map::root;
        }
        auto const& in = frames_.back();
        if (in.content.is_array())
            return document_.lines.add_element(in.place, at.line + 1);
        return in.key_place;
    }

    void count(YAML::Mark const& at, std::size_t values)
    {
        values_ += values;
        if (values_ > limits_.values_max)
            throw refusal{at,
                          "more than " + std::to_string(limits_.values_max) +
                              " values, aliases counted in full; split the file",
                          converge::errc::too_large};
    }

    void add_leaf(YAML::Mark const& at, YAML::anchor_t anchor, value leaf)
    {
        (void)open_place(at);
        count(at, 1);
        if (anchor != YAML::NullAnchor)
            anchors_[anchor] = {leaf, 1};
        add(at, std::move(leaf));
    }

    void enter(YAML::Mark const& at, YAML::anchor_t anchor, value empty)
    {
        if (expects_key())
            throw refusal{at, "a key has to be a plain word, not a list or a map"};
        if (frames_.size() == limits_.depth_max)
            throw refusal{at, "nested more than " + std::to_string(limits_.depth_max) + " deep",
                          converge::errc::too_large};
        auto const place = open_place(at);
        auto const before = values_;
        count(at, 1);
        frames_.push_back({at, anchor, place, before, std::move(empty)});
    }

    void leave()
    {
        auto done = std::move(frames_.back());
        frames_.pop_back();
        if (auto* map = done.content.if_object())
            for (auto& inherited : done.inherited)
                map->emplace(inherited.key(), std::move(inherited.value()));
        if (done.anchor != YAML::NullAnchor)
            anchors_[done.anchor] = {done.content, values_ - done.values_before};
        add(done.at, std::move(done.content));
    }

    void add(YAML::Mark const& at, value what)
    {
        if (frames_.empty()) {
            document_.value = std::move(what);
            return;
        }
        auto& in = frames_.back();
        if (auto* list = in.content.if_array()) {
            list->push_back(std::move(what));
            return;
        }
        if (in.merges)
            inherit(at, in, std::move(what));
        else
            in.content.get_object().emplace(*in.key, std::move(what));
        in.key.reset();
    }

    /// The first of several merged maps wins.
    void inherit(YAML::Mark const& at, frame& in, value from)
    {
        if (auto* map = from.if_object()) {
            for (auto& member : *map)
                in.inherited.emplace(member.key(), std::move(member.value()));
            return;
        }
        auto* list = from.if_array();
        if (list == nullptr || !std::all_of(list->begin(), list->end(),
                                            [](value const& each) { return each.is_object(); }))
            throw refusal{at, "<< merges a map or a list of maps"};
        for (auto& each : *list)
            inherit(at, in, std::move(each));
    }

    yaml_limits limits_;
    std::vector<yaml_document> documents_;
    yaml_document document_;
    std::vector<frame> frames_;
    std::map<YAML::anchor_t, anchored> anchors_;
    std::size_t values_ = 0;
};

converge::failure at_place(std::string_view file, YAML::Mark const& at, std::string const& message,
                           converge::errc code = converge::errc::invalid)
{
    std::string text{file};
    if (!at.is_null())
        text += ':' + std::to_string(at.line + 1) + ':' + std::to_string(at.column + 1);
    return {code, text + ": " + message};
}

} // namespace

converge::result<std::vector<yaml_document>>
read_yaml(std::string_view text, std::string_view file_name, yaml_limits limits)
{
    if (text.size() > limits.bytes_max)
        return converge::failure{converge::errc::too_large,
                                 std::string{file_name} + ": more than " +
                                     std::to_string(limits.bytes_max) + " bytes; split the file"};
    try {
        std::istringstream stream{std::string{text}};
        YAML::Parser parser{stream};
        document_builder builder{limits};
        while (parser.HandleNextDocument(builder)) {
        }
        return builder.documents();
    } catch (refusal const& reason) {
        return at_place(file_name, reason.at, reason.message, reason.code);
    } catch (YAML::Exception const& reason) {
        return at_place(file_name, reason.mark, "bad YAML: " + reason.msg);
    }
}

} // namespace cluster
