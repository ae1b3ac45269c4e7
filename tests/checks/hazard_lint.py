# SPDX-License-Identifier: BSL-1.0
"""Accuses coroutine code that g++ 12 miscompiles without a diagnostic.

    hazard_lint.py [--self-test] [SOURCE...]

Reads the given sources, or else all that say co_await, with clang-query, and prints where they
hold one of the forms below; exits 1 if any does, and 77 where there is no clang-query. With
--self-test it reads hazards/*.cpp and compares what it accuses with the lines marked there.

    awaited-aggregate    an owning aggregate temporary beside a co_await: destroyed twice.
                         Name it, then move it in; or give the type a constructor.
    awaited-closure      the same for a closure that captures something owning.
    awaited-conditional  the same for `condition ? owning{} : owning{}`. Choose into a local.
    await-in-braces      co_await inside the braces of an aggregate: wrong value, or destroyed
                         twice. Await into locals first.
    await-in-condition   if/switch (co_await ...): illegal instruction. Await into a local first.
"""
import concurrent.futures
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A full expression that awaits. One that holds a coroutine closure is left out, because the awaits
# of that closure are not its own; the full expressions inside the closure are looked at as usual.
MATCHERS = """
set output diag
set bind-root false
let mine isExpansionInFileMatching("{mine}")
let awaits anyOf(coawaitExpr(), dependentCoawaitExpr())
let hasAwait anyOf(coawaitExpr(), dependentCoawaitExpr(), hasDescendant(stmt(awaits)))
let noCoroutine unless(hasDescendant(coroutineBodyStmt()))
let awaiting exprWithCleanups(hasAwait, noCoroutine)
let besideAwait allOf(hasAncestor(awaiting), unless(hasAncestor(lambdaExpr(hasAncestor(awaiting)))))
let notAggregate anyOf(cxxConstructExpr(), callExpr(), awaits, castExpr(), lambdaExpr())
let aggregate cxxBindTemporaryExpr(has(expr(unless(notAggregate))))
let ofArray hasType(hasUnqualifiedDesugaredType(arrayType()))
let ofRecord hasType(hasUnqualifiedDesugaredType(recordType(hasDeclaration(decl().bind("record")))))
let ofSameRecord hasType(hasUnqualifiedDesugaredType(recordType(hasDeclaration(equalsBoundNode("record")))))
let ofMembers allOf(ofRecord, unless(hasInit(0, expr(ofSameRecord))))
let condition hasCondition(expr(hasAwait, noCoroutine))
match cxxBindTemporaryExpr(mine, aggregate, besideAwait).bind("awaited-aggregate")
match cxxBindTemporaryExpr(mine, has(lambdaExpr()), besideAwait).bind("awaited-closure")
match conditionalOperator(mine, unless(hasAwait), hasDescendant(cxxBindTemporaryExpr()), besideAwait).bind("awaited-conditional")
match initListExpr(mine, anyOf(ofArray, ofMembers), hasAwait, noCoroutine).bind("await-in-braces")
match ifStmt(mine, condition).bind("await-in-condition")
match switchStmt(mine, condition).bind("await-in-condition")
"""

BINDING = re.compile(r'^(\S+?):(\d+):\d+: note: "([a-z]+-[a-z-]+)" binds here', re.M)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.M)
TOGETHER_MAX = 24


def find_clang_query() -> str | None:
    return shutil.which("clang-query-19") or shutil.which("clang-query")


class Reading(typing.NamedTuple):
    accused: set[tuple[str, int, str]]  # file, line, rule
    errors: list[str]


LANGUAGE = ["-std=c++20", "-w", "-DBOOST_ASIO_SEPARATE_COMPILATION",
            "-DBOOST_BEAST_SEPARATE_COMPILATION", f"-I{ROOT}/include", f"-I{ROOT}/examples",
            f"-I{ROOT}/tests", f"-I{ROOT}/benchmarks", f'-DCONVERGE_EXAMPLES_DIR="{ROOT}/examples"']
APART = "-DCONVERGE_SEPARATE_COMPILATION"


def precompile(folder: str) -> list[str]:
    """The options that spare reading third-party headers again; none if there is no such clang."""
    compiler = shutil.which("clang++-19")
    if compiler is None:
        return []
    header = os.path.join(folder, "third_party.pch")
    made = subprocess.run([compiler, *LANGUAGE, APART, "-x", "c++-header",
                           ROOT / "tests" / "third_party" / "pch.hpp", "-o", header],
                          capture_output=True, check=False)
    return ["-include-pch", header] if made.returncode == 0 else []


def query(source: pathlib.Path, mine: str, *options: str) -> Reading:
    """Reads one translation unit; `mine` says in which files there is something to accuse."""
    with tempfile.NamedTemporaryFile("w", suffix=".query") as script:
        script.write(MATCHERS.format(mine=mine))
        script.flush()
        run = subprocess.run(
            [find_clang_query(), "-f", script.name, source, "--", *LANGUAGE, *options],
            capture_output=True, text=True, check=False)
    text = run.stdout + run.stderr
    errors = [line for line in text.splitlines() if re.search(r"\berror: |^\d+:\d+: ", line)]
    if run.returncode != 0 and not errors:
        errors = [f"{source}: {find_clang_query()} ended with {run.returncode}"]
    found = {(os.path.relpath(file, ROOT), int(line), rule)
             for file, line, rule in BINDING.findall(text)}
    return Reading(found, errors[:5])


def query_together(sources: list[pathlib.Path], mine: str, precompiled: list[str]) -> Reading:
    """Reads several sources as one translation unit, which spares reading their headers again.

    What they include comes first, so that it is not included inside the namespaces that keep the
    sources apart; those that open a namespace with a name need none. Sources that cannot be read
    in this way are read one by one.
    """
    options = [APART, *precompiled]
    if len(sources) > 1:
        includes = {}
        bodies = []
        for number, source in enumerate(sources):
            text = source.read_text()
            for name in INCLUDE.findall(text):
                beside = source.parent / name
                includes[f'"{beside}"' if beside.is_file() else f"<{name}>"] = True
            body = f'#include "{source}"\n'
            bodies.append(body if re.search(r"^namespace \w", text, re.M)
                          else f"namespace source_{number} {{\n{body}}}\n")
        with tempfile.NamedTemporaryFile("w", suffix=".cpp") as unit:
            unit.writelines(f"#include {name}\n" for name in includes)
            unit.writelines(bodies)
            unit.flush()
            together = query(pathlib.Path(unit.name), mine, *options)
        if not together.errors:
            return together
    readings = [query(source, mine, *options) for source in sources]
    return Reading(set().union(*(reading.accused for reading in readings)),
                   [error for reading in readings for error in reading.errors])


def query_headers(mine: str) -> Reading:
    """Reads every header, and the bodies that come with them."""
    headers = sorted((ROOT / "include" / "converge").rglob("*.hpp"))
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as unit:
        unit.writelines(f"#include <{header.relative_to(ROOT / 'include')}>\n"
                        for header in headers if not header.name.endswith("src.hpp"))
        unit.flush()
        return query(pathlib.Path(unit.name), mine)


def says_await(file: pathlib.Path, seen: set[pathlib.Path]) -> bool:
    """Whether the file, or a header outside include/ that it includes, says co_await."""
    if file in seen:
        return False
    seen.add(file)
    text = file.read_text()
    if "co_await" in text:
        return True
    for name in INCLUDE.findall(text):
        for folder in (file.parent, ROOT / "examples", ROOT / "tests", ROOT / "benchmarks"):
            if (folder / name).is_file() and says_await((folder / name).resolve(), seen):
                return True
    return False


def sources() -> list[pathlib.Path]:
    """Every source that may hold a hazard."""
    aside = [ROOT / "tests" / name for name in ("checks", "consumer", "third_party")]
    everything = [file for folder in ("examples", "tests", "benchmarks")
                  for file in sorted((ROOT / folder).rglob("*.cpp"))
                  if not any(file.is_relative_to(folder) for folder in aside)]
    return [file for file in everything if says_await(file, set())]


def self_test() -> list[str]:
    folder = ROOT / "tests" / "checks" / "hazards"
    planted = sorted(folder.glob("*.cpp"))
    with tempfile.TemporaryDirectory() as built:
        accused, wrong = query_together(planted, "/checks/hazards/", precompile(built))
    marked = {(os.path.relpath(file, ROOT), number, mark[1])
              for file in planted
              for number, line in enumerate(file.read_text().splitlines(), 1)
              if (mark := re.search(r"// hazard: ([a-z-]+)$", line))}
    wrong += [f"{file}:{line}: {rule} was not accused"
              for file, line, rule in sorted(marked - accused)]
    wrong += [f"{file}:{line}: {rule} was accused without reason"
              for file, line, rule in sorted(accused - marked)]
    print(f"{len(marked)} hazards planted, {len(marked & accused)} accused")
    return wrong


def folder(path: pathlib.Path) -> tuple[str, ...]:
    """What a source is of: a module's tests, an example."""
    return path.parent.parts[len(ROOT.parts):len(ROOT.parts) + 2]


def includes_sources(path: pathlib.Path) -> bool:
    return any(name.endswith(".cpp") for name in INCLUDE.findall(path.read_text()))


def lint(paths: list[pathlib.Path]) -> list[str]:
    mine = f"^{re.escape(str(ROOT))}/(include/converge|examples|tests|benchmarks)/"
    mine = mine.replace("\\", "\\\\")
    groups: list[list[pathlib.Path]] = []
    for _, alike in itertools.groupby(paths or sources(), folder):
        alone = []
        together = []
        for path in alike:
            (alone if includes_sources(path) else together).append(path)
        groups += [[path] for path in alone]
        groups += [together[at:at + TOGETHER_MAX] for at in range(0, len(together), TOGETHER_MAX)]
    with (tempfile.TemporaryDirectory() as built,
          concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool):
        precompiled = precompile(built)
        pending = [pool.submit(query_together, group, mine, precompiled) for group in groups]
        if not paths:
            pending.append(pool.submit(query_headers, mine))
        readings = [each.result() for each in pending]
    print(f"{sum(map(len, groups))} sources read")
    return [*(error for reading in readings for error in reading.errors),
            *(f"{file}:{line}: {rule}" for file, line, rule
              in sorted(set().union(*(reading.accused for reading in readings))))]


def main() -> int:
    if not find_clang_query():
        print("There is no clang-query (Debian: clang-tools-19); nothing was read.")
        return 77
    if sys.argv[1:] == ["--self-test"]:
        wrong = self_test()
    else:
        wrong = lint([pathlib.Path(name).resolve() for name in sys.argv[1:]])
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
