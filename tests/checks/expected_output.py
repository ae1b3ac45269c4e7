# SPDX-License-Identifier: BSL-1.0
"""Runs a program and compares its standard output with a file, exactly.

    expected_output.py EXPECTED PROGRAM [ARGUMENT...]
"""
import difflib
import pathlib
import subprocess
import sys


def main() -> int:
    expected = pathlib.Path(sys.argv[1]).read_text()
    run = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode != 0:
        print(f"{sys.argv[2]} ended with {run.returncode}")
    if run.stdout != expected:
        print(*difflib.unified_diff(
            expected.split("\n"), run.stdout.split("\n"), sys.argv[1], "what the program printed",
            lineterm=""), sep="\n")
    return 0 if run.returncode == 0 and run.stdout == expected else 1


if __name__ == "__main__":
    sys.exit(main())
