#!/usr/bin/env python3
"""Sums what ctest and googletest recorded: `tally.py RESULTS PHASE... -- [BROKEN PHASE...]`.

A ctest entry that wrote a googletest file counts as its cases, any other as one. An entry that ctest calls
failed never counts as passed, whatever its file says (a crash at exit, a sanitizer, a time limit).
The last line printed is `N passed, N failed, N skipped`; the exit status is 1 where anything failed.
"""
import os
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


class Tally:
    def __init__(self):
        self.count = {PASSED: 0, FAILED: 0, SKIPPED: 0}
        self.failures, self.skips = [], []

    def add(self, outcome, name, message=""):
        if outcome == SKIPPED and "SLUICE_REAL_DATA" in message and os.environ.get("SLUICE_REQUIRE_REAL_DATA") == "1":
            outcome, message = FAILED, "skipped, though real data is required here: " + message
        self.count[outcome] += 1
        if outcome == FAILED:
            self.failures.append((name, message))
        if outcome == SKIPPED:
            self.skips.append((name, message))


def last_line(text):
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return lines[-1] if lines else ""


def one_line(message):
    """googletest's message without its first line, the source position."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if len(lines) > 1 and ":" in lines[0] and lines[0].rsplit(":", 1)[1].isdigit():
        lines = lines[1:]
    return " ".join(lines)[:300]


def gtest_cases(path):
    """(name, outcome, message) of each case that ran."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        if case.get("status") == "notrun" and case.find("skipped") is None:
            continue
        name = f"{case.get('classname')}.{case.get('name')}"
        failure, skipped = case.find("failure"), case.find("skipped")
        if failure is not None:
            yield name, FAILED, one_line(failure.get("message") or failure.text or "")
        elif skipped is not None or case.get("result") == "skipped":
            message = skipped.get("message") or skipped.text or "" if skipped is not None else ""
            yield name, SKIPPED, one_line(message)
        else:
            yield name, PASSED, ""


def ctest_entries(path):
    """(name, outcome, output) of each entry in ctest's JUnit file."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        if case.find("failure") is not None or case.get("status") == "fail":
            yield case.get("name"), FAILED, output
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            yield case.get("name"), SKIPPED, output
        else:
            yield case.get("name"), PASSED, output


def tally_phase(phase, results, tally):
    junit, folder = results / f"{phase}.junit.xml", results / phase
    if not junit.exists():
        tally.add(FAILED, f"{phase}: ctest", "left no results")
        return
    for name, outcome, output in ctest_entries(junit):
        file = folder / (name.split(".")[-1] + ".xml")
        cases = []
        if file.exists():
            try:
                cases = list(gtest_cases(file))
            except ElementTree.ParseError as error:  # killed while it wrote
                outcome, output = FAILED, f"{file.name}: {error}"
        if not cases:
            tally.add(outcome, f"{phase}: {name}", last_line(output))
            continue
        for case, case_outcome, message in cases:
            tally.add(case_outcome, f"{phase}: {name}: {case}", message)
        if outcome == FAILED and all(case_outcome != FAILED for _, case_outcome, _ in cases):
            tally.add(FAILED, f"{phase}: {name}", "every case passed, the program failed: " + last_line(output))


def tally_counts(path, phase, tally):
    """Lines `name passed|failed|skipped message`, as the fuzzers' phase writes them."""
    if not path.exists():
        tally.add(FAILED, f"{phase}: targets", "left no results")
        return
    for line in path.read_text().splitlines():
        name, outcome, *message = line.split(" ", 2)
        tally.add(outcome, f"{phase}: {name}", " ".join(message))


def main(arguments):
    results = Path(arguments[0])
    split = arguments.index("--")
    phases, broken = arguments[1:split], arguments[split + 1:]
    tally = Tally()
    for phase in phases:
        if phase in broken:
            tally.add(FAILED, f"{phase}: build", "did not build")
        elif phase == "fuzz":
            tally_counts(results / "fuzz.counts", phase, tally)
        elif (results / f"{phase}.configure.log").exists():
            tally_phase(phase, results, tally)
    for title, entries in (("skipped", tally.skips), ("failed", tally.failures)):
        if entries:
            print(f"\n== {title}")
        for name, message in entries:
            print(f"   {name}" + (f": {message}" if message else ""))
    if sum(tally.count.values()) == 0:
        tally.add(FAILED, "tests", "none ran")
    print(f"\n{tally.count[PASSED]} passed, {tally.count[FAILED]} failed, {tally.count[SKIPPED]} skipped")
    return 1 if tally.count[FAILED] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
