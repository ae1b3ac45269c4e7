# SPDX-License-Identifier: BSL-1.0
"""Checks what our headers cost to compile, as ratios to one header of Asio in the same run.

    compile_budget.py --compiler CXX --build DIRECTORY [--all]

A row has a target, what we want, and a ceiling, what the check enforces: today's cost where that
is still above the target, so that it can only fall. A budget holds for each file of a row. A header
that another one of the row includes costs no more than that one, so it is left out; the others are
first compiled together, since none costs more than all do, and halved where that is over the budget,
down to the ones that are to blame. Test units are many and slow, so only those are compiled that
took longest in the build directory's last build; --all compiles each. Two compilers run at a time,
the reference among them, which slows each as much. A file over its budget is measured again beside
the reference: the best of three counts.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import sys
import tempfile
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"

REFERENCE = "#include <boost/asio/awaitable.hpp>\n"
REFERENCE_SECONDS = 0.67
REFERENCE_MEGABYTES = 155
TOLERANCE = 1.15
TEST_UNITS = 3
AT_A_TIME = 2

# How our own tests are built, and how the users of many files may build.
SEPARATE = "#define CONVERGE_SEPARATE_COMPILATION\n#define BOOST_ASIO_SEPARATE_COMPILATION\n"


class Budget(typing.NamedTuple):
    what: str
    files: list[pathlib.Path]
    target: float
    seconds: float
    megabytes: float | None
    defines: str = ""


class Cost(typing.NamedTuple):
    seconds: float
    megabytes: float


def headers(*modules: str) -> list[pathlib.Path]:
    return [header for module in modules
            for header in sorted((INCLUDE / "converge" / module).rglob("*.hpp"))
            if not header.name.endswith("src.hpp")]


def roots(files: list[pathlib.Path]) -> list[pathlib.Path]:
    """The files that no other of them includes."""
    included = {INCLUDE / name for file in files
                for name in re.findall(r"^#include <(converge/[^>]+)>", file.read_text(), re.M)}
    return [file for file in files if file not in included]


def slowest_units(build: pathlib.Path, every: bool) -> list[pathlib.Path]:
    """The test sources, those first that took longest according to Ninja's log."""
    took = {}
    log = build / ".ninja_log"
    for line in log.read_text().splitlines()[1:] if log.exists() else []:
        start, end, _, output, _ = line.split("\t")
        source = output.partition(".dir/")[2].removesuffix(".o")
        if output.startswith("tests/CMakeFiles/test_"):
            took[ROOT / "tests" / source] = int(end) - int(start)
    units = sorted((unit for unit in took if unit.exists()), key=lambda unit: -took[unit])
    return units if every else units[:TEST_UNITS]


def budgets(build: pathlib.Path, every: bool) -> list[Budget]:
    """Seconds and megabytes are those of the machine on which the reference took its own."""
    low = ["core", "model", "work"]
    high = ["codec", "async", "observe", "store", "api", "client", "controller", "manager", "etcd",
            "testing"]
    hello = [ROOT / "examples" / "01_hello.cpp"]
    umbrella = [INCLUDE / "converge" / "converge.hpp"]
    return [
        *(Budget(f"{module}/*", headers(module), 0.6, 1.0, None, SEPARATE) for module in low),
        *(Budget(f"{module}/*", headers(module), 1.6, 1.9, None, SEPARATE) for module in high),
        Budget("converge.hpp", umbrella, 2.5, 7.4, 670),
        Budget("converge.hpp apart", umbrella, 2.5, 2.5, 380, SEPARATE),
        Budget("01_hello", hello, 4.5, 27, 1250),
        Budget("01_hello apart", hello, 4.5, 4.5, 420, SEPARATE),
        *(Budget("test unit", [unit], 6, 11, None, SEPARATE)
          for unit in slowest_units(build, every)),
    ]


class Compiler:
    def __init__(self, command: str, folder: pathlib.Path):
        self.command = shutil.which(command) or command
        self.folder = folder
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            self.reference = min(pool.map(self.once, [REFERENCE] * 2 * AT_A_TIME))

    def once(self, text: str) -> Cost:
        """CPU seconds and peak memory of one compilation."""
        with tempfile.TemporaryDirectory(dir=self.folder) as own:
            return self.compile(text, pathlib.Path(own))

    def compile(self, text: str, folder: pathlib.Path) -> Cost:
        unit = folder / "unit.cpp"
        unit.write_text(text)
        arguments = [self.command, "-std=c++20", "-O2", "-w", f"-I{INCLUDE}", f"-I{ROOT}/examples",
                     f"-I{ROOT}/tests", "-c", str(unit), "-o", str(folder / "unit.o")]
        errors = folder / "errors"
        process = os.posix_spawn(self.command, arguments, os.environ, file_actions=[
            (os.POSIX_SPAWN_OPEN, 2, str(errors), os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)])
        _, status, usage = os.wait4(process, 0)
        if status != 0:
            first = re.search(r"^.*\berror: .*", errors.read_text(), re.M)
            raise RuntimeError(f"does not compile: {first[0] if first else status}")
        return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)

    def ratios(self, text: str, seconds: float, megabytes: float | None,
               repeats: int) -> Cost:
        """Cost over the budget's share of the reference: 1 is just within the budget."""
        best = Cost(float("inf"), float("inf"))
        reference = self.reference
        for attempt in range(repeats):
            if attempt > 0:
                reference = self.once(REFERENCE)
            cost = self.once(text)
            best = Cost(*map(min, best, (
                cost.seconds / reference.seconds * REFERENCE_SECONDS / seconds,
                cost.megabytes / reference.megabytes * REFERENCE_MEGABYTES / megabytes
                if megabytes else 0)))
            if max(best) <= TOLERANCE:
                break
        return best


class Verdict(typing.NamedTuple):
    within: list[str]
    over: list[str]


def check(compiler: Compiler, budget: Budget) -> Verdict:
    """What to say of the files within the budget, and of those over it."""
    text = budget.defines
    text += "".join(f"#include <{file.relative_to(INCLUDE)}>\n" if file.is_relative_to(INCLUDE)
                    else f'#include "{file}"\n' for file in budget.files)
    names = [str(file.relative_to(ROOT)) for file in budget.files]
    try:
        ratio = compiler.ratios(text, budget.seconds, budget.megabytes,
                                3 if len(budget.files) == 1 else 1)
    except RuntimeError as error:
        if len(budget.files) == 1:
            return Verdict([], [f"{names[0]}: {error}"])
        ratio = Cost(float("inf"), float("inf"))
    if max(ratio) <= TOLERANCE:
        share = f"{ratio.seconds:4.0%} of the time"
        if budget.megabytes:
            share += f", {ratio.megabytes:4.0%} of the memory"
        reached = ratio.seconds * budget.seconds / budget.target
        share += f", {reached:4.0%} of the target"
        files = names[0] if len(names) == 1 else f"{len(names)} files"
        return Verdict([f"{budget.what:18} {share} ({files})"], [])
    if len(names) == 1:
        over = f"{names[0]}: {ratio.seconds:.0%} of {budget.what}'s time"
        return Verdict([], [over + (f", {ratio.megabytes:.0%} of its memory"
                                    if budget.megabytes else "")])
    half = len(names) // 2
    halves = [check(compiler, budget._replace(files=budget.files[:half])),
              check(compiler, budget._replace(files=budget.files[half:]))]
    return Verdict(*map(list.__add__, *halves))


def check_present(compiler: Compiler, budget: Budget) -> Verdict:
    present = roots([file for file in budget.files if file.exists()])
    if not present:
        return Verdict([f"{budget.what:18} is not there yet"], [])
    return check(compiler, budget._replace(files=present))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()

    over = []
    with tempfile.TemporaryDirectory() as folder:
        compiler = Compiler(arguments.compiler, pathlib.Path(folder))
        print(f"reference      {compiler.reference.seconds:.2f} s, "
              f"{compiler.reference.megabytes:.0f} MB (boost/asio/awaitable.hpp)")
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            pending = [pool.submit(check_present, compiler, budget)
                       for budget in budgets(arguments.build, arguments.all)]
            for each in pending:
                verdict = each.result()
                if verdict.within:
                    print(*verdict.within, sep="\n")
                over += verdict.over
    if over:
        print(f"Over the budget by more than {TOLERANCE - 1:.0%}:", *over, sep="\n")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
