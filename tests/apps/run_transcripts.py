"""Runs transcripts of the command: `run_transcripts.py FILE.test` or `run_transcripts.py --examples SOURCE`.

A transcript is `$ command` lines, each followed by what it prints (standard output, then standard error) and, where
it is not 0, `exit N`. Lines match as they are; `[..]` stands for any text within a line, a line of `...` for any
lines, `/regex/` for a line that the expression matches whole. `#` at the start is a comment. Commands run by sh in a
temporary folder, with `sluice` on the path. --examples runs every example of --help and of the documentation.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SLUICE = os.environ.get("SLUICE", "")


def environment():
    clean = {k: v for k, v in os.environ.items()
             if not k.startswith("SLUICE") or k in ("SLUICE_BACKENDS", "SLUICE_CUDA_LIB")}
    return {**clean, "PATH": f"{Path(SLUICE).parent}:{os.environ['PATH']}", "LC_ALL": "C", "TERM": "dumb",
            "PYTHON": sys.executable}


def execute(command, folder):
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment(), stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=300)
    text = done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")
    return text.splitlines(), done.returncode


def parse(text):
    """(line number, command, expected lines, expected exit code) of each step."""
    steps = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("$ "):
            steps.append([number, line[2:], [], 0])
        elif line.startswith("#") or (not line.strip() and (not steps or steps[-1][2] == [])):
            continue
        elif not steps:
            raise ValueError(f"line {number}: expected a line that begins with '$ ', found {line!r}")
        elif re.fullmatch(r"exit \d+", line):
            steps[-1][3] = int(line[5:])
        else:
            steps[-1][2].append(line)
    for step in steps:
        while step[2] and not step[2][-1].strip():
            step[2].pop()
    return steps


def line_matches(expected, found):
    if len(expected) > 2 and expected[0] == expected[-1] == "/":
        return re.fullmatch(expected[1:-1], found) is not None
    pattern = ".*".join(re.escape(part) for part in expected.split("[..]"))
    return re.fullmatch(pattern, found) is not None


def matches(expected, found):
    if not expected:
        return not found
    if expected[0] == "...":
        return any(matches(expected[1:], found[i:]) for i in range(len(found) + 1))
    return bool(found) and line_matches(expected[0], found[0]) and matches(expected[1:], found[1:])


def run_transcript(path):
    steps = parse(path.read_text())
    if not steps:
        sys.exit(f"{path}: holds no commands")
    with tempfile.TemporaryDirectory(prefix="sluice_transcript_") as folder:
        for number, command, expected, code in steps:
            found, status = execute(command, folder)
            while found and not found[-1].strip():
                found.pop()
            if status != code or not matches(expected, found):
                sys.exit("\n".join([f"{path.name}:{number}: $ {command}", f"expected exit {code}:", *expected,
                                    f"found exit {status}:", *found]))
    print(f"{path.name}: {len(steps)} commands as expected")


def examples_of_markdown(text):
    """Lines of ```console blocks after `$ ` that begin with sluice or printf, of ```sh blocks with sluice."""
    commands = []
    for kind, body in re.findall(r"```(console|sh)\n(.*?)```", text, re.S):
        start = ("$ sluice", "$ printf") if kind == "console" else "sluice "
        commands += [line.removeprefix("$ ") for line in body.splitlines() if line.startswith(start)]
    return commands


def run_examples(source):
    pages = {}
    names = subprocess.run([SLUICE, "--help"], capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^  ([a-z]+)  ", names.split("Commands:\n")[1], re.M)
    for arguments in [[], *[[name] for name in listed], ["generate", "matrix"], ["generate", "table"],
                      ["generate", "lightcurves"], ["generate", "graph"], ["lc", "ingest"], ["lc", "features"],
                      ["lc", "plot"]]:
        text = subprocess.run([SLUICE, *arguments, "--help"], capture_output=True, text=True, check=True).stdout
        page = " ".join(["sluice", *arguments, "--help"])
        pages[page] = re.findall(r"^  \$ (sluice .*)$", text, re.M)
        if not pages[page]:
            sys.exit(f"{page}: shows no example")
    for path in [source / "README.md", *sorted((source / "docs").glob("*.md"))]:
        pages[path.name] = examples_of_markdown(path.read_text())
    total = 0
    for page, commands in pages.items():
        with tempfile.TemporaryDirectory(prefix="sluice_examples_") as folder:
            for command in commands:
                found, status = execute(command, folder)
                total += 1
                if status != 0:
                    sys.exit("\n".join([f"{page}: $ {command}: exit {status}", *found]))
    print(f"{total} examples of {len(pages)} pages run as printed")


def check_the_runner_itself():
    assert matches(["a [..] c", "..."], ["a b c", "d", "e"]) and matches(["/x\\d+/"], ["x12"])
    assert not matches(["a"], ["a", "b"]) and not matches(["a", "b"], ["a"]) and not matches(["/x/"], ["xx"])
    assert parse("$ a\nb\nexit 3\n\n$ c\n") == [[1, "a", ["b"], 3], [5, "c", [], 0]]
    assert examples_of_markdown("```console\n$ sluice x\nout\n```\n```sh\nsluice y\nls\n```\n") == ["sluice x", "sluice y"]


def main():
    check_the_runner_itself()
    if not SLUICE:
        sys.exit("SLUICE does not name the command")
    if sys.argv[1] == "--examples":
        run_examples(Path(sys.argv[2]))
    else:
        run_transcript(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
