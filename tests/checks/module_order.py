# SPDX-License-Identifier: BSL-1.0
"""Checks the headers (and the .ipp beside them) under include/converge against the rules that keep the library in order.

    module_order.py [--self-test]

Without arguments, accuses the headers of this tree; exits 1 if there is anything to accuse. With
--self-test, plants a violation of each rule in a temporary tree and checks that it is accused.
"""
import pathlib
import re
import sys
import tempfile

# A module includes only itself and modules before it.
MODULES = ["core", "model", "codec", "work", "async", "observe", "store", "api", "client",
           "controller", "manager", "http", "etcd", "testing"]

# The headers that stand in no module, and the modules that they do without.
UMBRELLAS = {
    "converge.hpp": {"http", "etcd", "testing"},
    "src.hpp": set(MODULES),
    "impl/src.hpp": {"http", "etcd", "testing"},
}

# Third-party code, and the only modules that include it.
BOUND = {
    r"boost/asio": MODULES[MODULES.index("async"):],
    r"boost/beast": ["http"],
    r"openssl/|boost/asio/ssl": ["http"],
}

UMBRELLA_INCLUDES = {
    "boost/asio.hpp", "boost/asio/ssl.hpp", "boost/beast.hpp", "boost/describe.hpp",
    "boost/json.hpp", "boost/json/src.hpp", "boost/mp11.hpp", "boost/system.hpp",
    "bits/stdc++.h", "range/v3/all.hpp", "range/v3/core.hpp", "range/v3/view.hpp",
    "range/v3/view/all.hpp", "range/v3/algorithm.hpp", "range/v3/algorithm/all.hpp",
    "range/v3/action.hpp", "range/v3/action/all.hpp", "converge/converge.hpp", "converge/src.hpp",
    "converge/impl/src.hpp",
}

# Time, chance and detached work, and the modules that are their seam.
SEAMS = {
    r"\b(steady|system|high_resolution)_clock::now\b|\bstd::random_device\b|\bthis_thread\b"
    r"|\basio::detached\b": {"async", "http", "testing"},
}

# Where the standard library has what its name does not tell: a header includes it itself, also if
# another one does so. Some do not count because a header of ours that must be there brings them.
STANDARD = {header: names.split() for header, names in {
    "algorithm": "all_of any_of clamp equal find find_if lower_bound max min none_of sort upper_bound",
    "array": "array", "atomic": "atomic", "bit": "bit_cast countl_zero popcount",
    "charconv": "from_chars to_chars", "chrono": "chrono",
    "concepts": "convertible_to integral same_as", "condition_variable": "condition_variable",
    "cstddef": "byte ptrdiff_t size_t",
    "cstdint": "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t",
    "deque": "deque", "exception": "current_exception exception exception_ptr rethrow_exception",
    "functional": "equal_to function hash invoke less", "initializer_list": "initializer_list",
    "limits": "numeric_limits", "map": "map", "memory":
    "make_shared make_unique shared_ptr unique_ptr weak_ptr",
    "mutex": "lock_guard mutex scoped_lock unique_lock", "optional": "nullopt optional",
    "set": "set", "source_location": "source_location", "span": "span",
    "stdexcept": "logic_error runtime_error", "string": "string to_string",
    "string_view": "string_view", "system_error": "errc error_code", "thread": "thread",
    "tuple": "tuple", "type_traits": "conditional_t decay_t invoke_result_t is_same_v "
    "remove_cvref_t", "unordered_map": "unordered_map", "unordered_set": "unordered_set",
    "utility": "exchange forward move pair swap", "variant": "variant", "vector": "vector",
}.items()}
HEADER_OF = {name: header for header, names in STANDARD.items() for name in names}

LINES_MAX = 400
FIRST_LINES = ["// SPDX-License-Identifier: BSL-1.0", "#pragma once"]


def standard_missing(text: str) -> list[str]:
    """The headers of the standard library that a header of ours uses and does not include."""
    code = re.sub(r'//[^\n]*|"(\\.|[^"\\\n])*"', "", text)
    included = set(re.findall(r"#include <(\w+)>", text))
    used = {HEADER_OF.get(name) for name in re.findall(r"\bstd::(\w+)", code)}
    return sorted(used - included - {None})


def accusations(include: pathlib.Path) -> list[str]:
    root = include / "converge"
    found = []
    sqlite_users = []
    for header in sorted(root.rglob("*.[hi]pp")):
        name = header.relative_to(root).as_posix()
        module = name.split("/")[0] if "/" in name and name not in UMBRELLAS else None
        lines = header.read_text().splitlines()

        def accuse(line: int, what: str, name: str = name) -> None:
            found.append(f"include/converge/{name}:{line}: {what}")

        if module is None and name not in UMBRELLAS:
            accuse(1, f"stands in no module; only {', '.join(UMBRELLAS)} may")
            continue
        if module is not None and module not in MODULES:
            accuse(1, f"'{module}' is no module; the modules are {', '.join(MODULES)}")
            continue
        if lines[:2] != FIRST_LINES:
            accuse(1, f"begins otherwise than '{FIRST_LINES[0]}' and '{FIRST_LINES[1]}'")
        if sum(line.strip() == "#pragma once" for line in lines) > 1:
            accuse(1, "says '#pragma once' more than once")
        if len(lines) > LINES_MAX:
            accuse(len(lines), f"is longer than {LINES_MAX} lines; one concept per header")

        if header.suffix == ".hpp":
            for standard in standard_missing("\n".join(lines)):
                accuse(1, f"uses what <{standard}> declares, and does not include it")
        for number, line in enumerate(lines, 1):
            for pattern, seams in SEAMS.items():
                use = re.search(pattern, line.split("//")[0])
                if use and module not in seams:
                    accuse(number, f"uses '{use[0]}' outside the seams {', '.join(sorted(seams))}")
            include_line = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not include_line:
                continue
            style, target = include_line.groups()
            if style == '"':
                accuse(number, f"includes \"{target}\" in quotes; write <converge/...>")
            if target in UMBRELLA_INCLUDES and name != "src.hpp":
                accuse(number, f"includes the umbrella <{target}>; include what is used")
            if target == "sqlite3.h":
                sqlite_users.append(name)
            for pattern, modules in BOUND.items():
                if re.match(pattern, target) and module not in modules:
                    accuse(number, f"includes <{target}>, which belongs to {', '.join(modules)}")
            own = re.match(r"converge/([^/]+)/", target)
            if not own or target in UMBRELLA_INCLUDES:
                continue
            if own[1] not in MODULES:
                accuse(number, f"includes <{target}>, but '{own[1]}' is no module")
            elif module is None:
                if own[1] in UMBRELLAS[name]:
                    accuse(number, f"includes <{target}>; {name} does without '{own[1]}'")
            elif MODULES.index(own[1]) > MODULES.index(module):
                accuse(number, f"includes <{target}>, but '{own[1]}' comes after '{module}'")
    for extra in sqlite_users[1:]:
        found.append(f"include/converge/{extra}: includes <sqlite3.h>, as {sqlite_users[0]} does; "
                     "one header may")
    return found


GOOD = "\n".join(FIRST_LINES) + "\n"

# Header, its text, a part of the accusation (None: there is nothing to accuse).
PLANTED = [
    ("core/good.hpp", GOOD + "#include <string>\n", None),
    ("async/good.hpp", GOOD + "#include <boost/asio/awaitable.hpp>\n", None),
    ("client/good.hpp", GOOD + "#include <converge/core/key.hpp>\n", None),
    ("async/clock.hpp", GOOD + "#include <chrono>\nauto t = std::chrono::steady_clock::now();\n", None),
    ("store/journal.hpp", GOOD + "#include <sqlite3.h>\n", None),
    ("store/other.hpp", GOOD + "#include <sqlite3.h>\n", "one header may"),
    ("core/late.hpp", GOOD + "#include <converge/model/object.hpp>\n", "comes after 'core'"),
    ("work/asio.hpp", GOOD + "#include <boost/asio/awaitable.hpp>\n", "belongs to async"),
    ("client/beast.hpp", GOOD + "#include <boost/beast/http/message.hpp>\n", "belongs to http"),
    ("async/umbrella.hpp", GOOD + "#include <boost/asio.hpp>\n", "umbrella"),
    ("client/quotes.hpp", GOOD + '#include "cache.hpp"\n', "in quotes"),
    ("client/clock.hpp",
     GOOD + "#include <chrono>\nauto t = std::chrono::steady_clock::now();\n",
     "outside the seams"),
    ("client/standard.hpp", GOOD + "inline std::string name; // std::vector\n", "<string>"),
    ("client/unlicensed.hpp", "#pragma once\n", "begins otherwise"),
    ("client/twice.hpp", GOOD + "#pragma once\n", "more than once"),
    ("client/long.hpp", GOOD + "\n" * LINES_MAX, "longer than"),
    ("utilities/helper.hpp", GOOD, "is no module"),
    ("everything.hpp", GOOD, "stands in no module"),
    ("converge.hpp", GOOD + "#include <converge/http/server.hpp>\n", "does without 'http'"),
]


def self_test() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        include = pathlib.Path(folder)
        for name, text, _ in PLANTED:
            header = include / "converge" / name
            header.parent.mkdir(parents=True, exist_ok=True)
            header.write_text(text)
        found = accusations(include)
    wrong = []
    for name, _, accusation in PLANTED:
        said = [line for line in found if line.startswith(f"include/converge/{name}:")]
        if accusation is None and said:
            wrong.append(f"{name} was accused: {said}")
        elif accusation is not None and not (len(said) == 1 and accusation in said[0]):
            wrong.append(f"{name} was not accused of '{accusation}' alone: {said}")
    return wrong


def main() -> int:
    if sys.argv[1:] == ["--self-test"]:
        found = self_test()
    else:
        found = accusations(pathlib.Path(__file__).resolve().parents[2] / "include")
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
