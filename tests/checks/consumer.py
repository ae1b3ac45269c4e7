# SPDX-License-Identifier: BSL-1.0
"""Builds tests/consumer as a user of the library does, and runs it.

    consumer.py {find_package|add_subdirectory|header_only} --compiler CXX --build DIRECTORY

find_package      through CMake, from an installed copy.
add_subdirectory  through CMake, from this tree.
header_only       without CMake and without Boost.JSON's library, from an installed copy: all in
                  headers, and the first example with the bodies compiled apart.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONSUMER = ROOT / "tests" / "consumer"


def run(*command) -> None:
    print("+", *command, flush=True)
    subprocess.run([str(word) for word in command], check=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=["find_package", "add_subdirectory", "header_only"])
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    arguments = parser.parse_args()

    place = arguments.build / "consumer" / arguments.way
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    prefix = place / "prefix"
    build = place / "build"
    if arguments.way != "add_subdirectory":
        run("cmake", "--install", arguments.build, "--prefix", prefix)

    if arguments.way == "header_only":
        by_hand = [arguments.compiler, "-std=c++20", "-I", prefix / "include", "-pthread"]
        run(*by_hand, CONSUMER / "main.cpp", CONSUMER / "json.cpp", "-o", place / "consumer")
        run(place / "consumer")
        run(*by_hand, "-DCONVERGE_SEPARATE_COMPILATION", ROOT / "examples" / "01_hello.cpp",
            CONSUMER / "json.cpp", "-o", place / "separate")
        run(place / "separate")
        return 0

    where = (f"-DCMAKE_PREFIX_PATH={prefix}" if arguments.way == "find_package"
             else f"-DCONVERGE_SOURCE_DIR={ROOT}")
    run("cmake", "-G", "Ninja", "-S", CONSUMER, "-B", build, where,
        f"-DCMAKE_CXX_COMPILER={arguments.compiler}")
    infection = re.search(r"-W(all|extra|error|shadow)\b|-fsanitize|BOOST_ASIO_SEPARATE",
                          (build / "build.ninja").read_text())
    if infection:
        print(f"the target gives its users {infection[0]}")
        return 1
    run("cmake", "--build", build)
    run(build / "consumer")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failed:
        sys.exit(f"{failed.cmd[0]} ended with {failed.returncode}")
