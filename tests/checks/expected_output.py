# SPDX-License-Identifier: BSL-1.0
"""Runs a program and compares its standard output with a file, exactly, and its exit status.

    expected_output.py STATUS EXPECTED PROGRAM [ARGUMENT...]
"""
import difflib
import pathlib
import subprocess
import sys


def main() -> int:
    status = int(sys.argv[1])
    expected = pathlib.Path(sys.argv[2]).read_text()
    run = subprocess.run(sys.argv[3:], stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode != status:
        print(f"{sys.argv[3]} ended with {run.returncode} instead of {status}")
    if run.stdout != expected:
        print(*difflib.unified_diff(
            expected.split("\n"), run.stdout.split("\n"), sys.argv[2], "what the program printed",
            lineterm=""), sep="\n")
    return 0 if run.returncode == status and run.stdout == expected else 1


if __name__ == "__main__":
    sys.exit(main())
