// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string_view>

namespace converge {

/// One member (or enumerator) whose wire name is not what the rule says.
struct wire_name_exception {
    std::string_view name;
    std::string_view wire_name;
};

/// Where a type says which of its names break the rule. The type itself can hold the list:
///
///     struct target { std::string is_ca; static constexpr converge::wire_name_exception
///                     wire_names[] = {{"is_ca", "isCa"}}; };
///
/// For a type that cannot be changed, and for enumerations, specialise this template with a
/// static constexpr range `exceptions`.
template <class T>
struct wire_names {
    static constexpr std::array<wire_name_exception, 0> exceptions{};
};

template <class T>
    requires requires { T::wire_names; }
struct wire_names<T> {
    static constexpr auto& exceptions = T::wire_names;
};

/// Specialise to true, or declare `static constexpr bool omits_zero = true;` in the struct, to
/// leave zero and false out of its JSON. By rule numbers and booleans are always written.
template <class T>
inline constexpr bool omits_zero = requires { requires T::omits_zero; };

namespace detail {

/// A name of bounded length, so that it can be computed when compiling.
struct wire_name_text {
    static constexpr std::size_t size_max = 80;

    char text[size_max]{};
    std::size_t size = 0;

    constexpr void append(char c)
    {
        if (size == size_max)
            throw std::length_error{"a described name is longer than 80 characters"};
        text[size++] = c;
    }
    constexpr operator std::string_view() const noexcept { return {text, size}; }
};

constexpr char upper(char c) noexcept
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

constexpr bool is_initialism(std::string_view word) noexcept
{
    constexpr std::string_view known[] = {"api", "cidr", "cpu",  "dns", "fqdn", "http", "https",
                                          "id",  "ip",   "ipc",  "pid", "sctp", "tcp",  "tls",
                                          "udp", "uid",  "uuid", "uri", "url",  "wwn"};
    for (auto const candidate : known)
        if (candidate == word)
            return true;
    return false;
}

/// Writes `word` as it stands inside a camelCase name: `node` as `Node`, `ips` as `IPs`.
constexpr void append_inner_word(wire_name_text& name, std::string_view word)
{
    bool const plural = !is_initialism(word) && word.ends_with('s') &&
                        is_initialism(word.substr(0, word.size() - 1));
    bool const initialism = plural || is_initialism(word);
    for (std::size_t i = 0; i != word.size(); ++i) {
        bool const plural_s = plural && i + 1 == word.size();
        name.append(i == 0 || (initialism && !plural_s) ? upper(word[i]) : word[i]);
    }
}

enum class first_word { lower, upper };

constexpr wire_name_text join_words(std::string_view snake, first_word first)
{
    wire_name_text name;
    bool inner = first == first_word::upper;
    while (!snake.empty()) {
        auto const end = snake.find('_');
        auto const word = snake.substr(0, end);
        if (inner)
            append_inner_word(name, word);
        else
            for (char const c : word)
                name.append(c);
        inner = inner || !word.empty();
        snake.remove_prefix(end == std::string_view::npos ? snake.size() : end + 1);
    }
    return name;
}

template <class T>
constexpr wire_name_text wire_name_in(std::string_view name, first_word first)
{
    for (wire_name_exception const& exception : wire_names<T>::exceptions) {
        if (exception.name != name)
            continue;
        wire_name_text as_told;
        for (char const c : exception.wire_name)
            as_told.append(c);
        return as_told;
    }
    return join_words(name, first);
}

} // namespace detail

/// The JSON member that stands for the C++ member `name` of `T`: camelCase with the field's
/// initialisms (`pod_ip` is `podIP`, `cluster_ips` is `clusterIPs`, `api_version` is
/// `apiVersion`, `uid` is `uid`); underscores at the end fall off (`namespace_`).
template <class T>
[[nodiscard]] constexpr detail::wire_name_text member_wire_name(std::string_view name)
{
    return detail::wire_name_in<T>(name, detail::first_word::lower);
}

/// The JSON string that stands for the enumerator `name` of `E`: `node_port` is `NodePort`,
/// `cluster_ip` is `ClusterIP`, `tcp` is `TCP`.
template <class E>
[[nodiscard]] constexpr detail::wire_name_text enumerator_wire_name(std::string_view name)
{
    return detail::wire_name_in<E>(name, detail::first_word::upper);
}

} // namespace converge
