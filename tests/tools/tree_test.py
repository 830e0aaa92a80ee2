#!/usr/bin/env python3
"""Rules of the tree that no compiler checks: `tree_test.py SOURCE`.

Files are short and open with a comment, one file alone includes CLI11 (it takes seconds to compile), scripts
parse, host/ and kernels/ neither print nor exit, and nothing is left half done.
"""
import re
import subprocess
import sys
from pathlib import Path

CODE = {".h", ".inl", ".cpp", ".cu", ".cuh"}
COMMENTS = {**dict.fromkeys(CODE, "//"), ".py": '"""', ".cmake": "#", ".txt": "#"}
LONGEST = 400
# Written in two parts, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
PRINTS = re.compile(r"\b(std::cout|std::cerr|printf|fprintf|puts|std::exit|exit|abort)\s*(\(|<<)")


def files(source):
    listed = subprocess.run(["git", "-C", source, "ls-files"], capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        names = listed.stdout.splitlines()
    else:  # an unpacked archive
        skipped = {"build", "dist", "demo-output", ".venv", ".git"}
        names = [str(p.relative_to(source)) for p in source.rglob("*") if p.relative_to(source).parts[0] not in skipped]
    return [Path(name) for name in names if (source / name).is_file()]


def without_comments(text):
    return re.sub(r'//[^\n]*|"(\\.|[^"\\\n])*"', "", text)


def faults_of(path, text):
    lines = text.splitlines()
    if path.suffix in CODE and len(lines) > LONGEST:
        yield f"{len(lines)} lines: expected at most {LONGEST}"
    opening = [line for line in lines if line.strip() and not line.startswith("#!")][:1]
    mark = COMMENTS.get(path.suffix, "#" if lines and lines[0].startswith("#!") else None)
    if mark and path.parts[0] != "tests" and path.name != "requirements.txt" and opening:
        # The second half of a header is explained there.
        own_header = path.suffix in CODE and re.match(rf'#include "[\w/]*\b{path.stem}\.h"', opening[0])
        if not opening[0].startswith(mark) and not own_header:
            yield "opens without a comment that says what it is for"
    if path.suffix in CODE | {".py"} or (lines and lines[0].startswith("#!")):
        for number, line in enumerate(lines, 1):
            if UNFINISHED.search(line):
                yield f"line {number}: left unfinished: {line.strip()[:60]}"
    if path.parts[0] in ("host", "kernels") and path.suffix in CODE:
        for call in PRINTS.finditer(without_comments(text)):
            yield f"prints or exits: {call[1]}"
    if lines and re.match(r"#!.*\b(bash|sh)$", lines[0]):
        shell = lines[0].rsplit("/", 1)[-1].split()[-1]
        parsed = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True)
        if parsed.returncode != 0:
            yield f"does not parse: {parsed.stderr.strip()[:200]}"


def check_the_rules_themselves():
    """Each rule finds what it is there for, and leaves a good file alone."""
    good = "// A file.\nint f();\n"
    bad = {
        "lines": good + "\n" * LONGEST,
        "comment": "int f();\n",
        "unfinished": good + "// TO" "DO: later\n",
        "prints": good + 'void f() { printf("x"); }\n',
    }
    path = Path("host/example.cpp")
    assert not list(faults_of(path, good)), "a good file is refused"
    for rule, text in bad.items():
        assert any(rule in fault for fault in faults_of(path, text)), f"the rule '{rule}' finds nothing"
    assert any("parse" in fault for fault in faults_of(Path("x"), "#!/bin/sh\n# x\nif true\n")), "shell"


def main():
    check_the_rules_themselves()
    source = Path(sys.argv[1])
    faults, includers, looked_at = [], [], 0
    for path in files(source):
        try:
            text = (source / path).read_text()
        except UnicodeDecodeError:
            continue
        looked_at += 1
        faults += [f"{path}: {fault}" for fault in faults_of(path, text)]
        if path.suffix in CODE and re.search(r"#include\s*<CLI/", text):
            includers.append(str(path))
    if len(includers) > 1:
        faults.append(f"CLI11 is included by {', '.join(includers)}: expected one file")
    if looked_at < 20:
        faults.append(f"only {looked_at} files were found below {source}")
    if faults:
        sys.exit("\n".join(["tree_test:", *faults]))
    print(f"tree_test: {looked_at} files in order")


if __name__ == "__main__":
    main()
