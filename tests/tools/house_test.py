#!/usr/bin/env python3
"""Proves that a wrong include does not compile: houses point one way, apps -> host -> kernels.

`house_test.py COMPILER HOUSE ALLOWED-HEADER FORBIDDEN-FILE... -- INCLUDE-DIR...`: with the include directories
of the house's own target, a file that includes the allowed header compiles (so that a failure is not for
another reason), and each forbidden one is not found.
"""
import subprocess
import sys
import tempfile
from pathlib import Path


def compile_two_lines(compiler, header, directories):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "wrong.cpp"
        file.write_text(f'#include "{header}"\nint main() {{ return 0; }}\n')
        command = [compiler, "-std=c++20", "-fsyntax-only", *[f"-I{d}" for d in directories], str(file)]
        return subprocess.run(command, capture_output=True, text=True)


def main():
    split = sys.argv.index("--")
    compiler, house, allowed, *forbidden = sys.argv[1:split]
    directories = [d for d in sys.argv[split + 1:] if d]
    if not forbidden:
        sys.exit("house_test: nothing is forbidden")
    control = compile_two_lines(compiler, allowed, directories)
    if control.returncode != 0:
        sys.exit(f"house_test: {house} cannot include {allowed}, which it may:\n{control.stderr}")
    for header in forbidden:
        result = compile_two_lines(compiler, header, directories)
        # g++ and clang: not found; any other error would mean that the file was reached.
        missing = "No such file or directory" in result.stderr or "file not found" in result.stderr
        if result.returncode == 0 or not missing or header not in result.stderr:
            sys.exit(f"house_test: {house} reaches {header}, which it must not:\n{result.stderr}")
    print(f"house_test: {house} reaches {allowed} and none of {', '.join(forbidden)}")


if __name__ == "__main__":
    main()
