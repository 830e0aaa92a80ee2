#!/usr/bin/env python3
"""scripts/lib/tally.py on recorded results: `tally_test.py SOURCE`.

The one thing it must never do: call a run passed in which something failed, was not built or did not run.
"""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(sys.argv.pop(1)) if len(sys.argv) > 1 else Path(__file__).parents[2]

ENTRY = '<testcase name="{}" status="{}">{}<system-out>{}</system-out></testcase>'
GTEST = """<testsuites><testsuite name="S">
<testcase name="Good" status="run" result="completed" classname="S"/>
<testcase name="Other" status="notrun" result="suppressed" classname="S"/>
{}</testsuite></testsuites>"""
SKIPPED = ('<testcase name="Skip" status="run" result="skipped" classname="S">'
           '<skipped message="/a/b.cpp:7&#x0A;{}"/></testcase>')
FAILED = ('<testcase name="Bad" status="run" result="completed" classname="S">'
          '<failure message="x.cpp:1&#x0A;expected 1" type=""/></testcase>')


class Tally(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.results = Path(self.folder.name)

    def write(self, phase, *entries, **gtest):
        (self.results / f"{phase}.configure.log").write_text("")
        (self.results / f"{phase}.junit.xml").write_text(f"<testsuite>{''.join(entries)}</testsuite>")
        for name, cases in gtest.items():
            (self.results / phase).mkdir(exist_ok=True)
            (self.results / phase / f"{name}.xml").write_text(cases)

    def tally(self, *arguments, **environment):
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SLUICE_")}
        done = subprocess.run([sys.executable, SOURCE / "scripts/lib/tally.py", self.results, *arguments],
                              capture_output=True, text=True, env={**clean, **environment})
        self.assertEqual(done.stderr, "")
        return done.stdout, done.stdout.splitlines()[-1], done.returncode

    def test_counts_googletest_cases_and_plain_entries(self):
        self.write("release", ENTRY.format("host.a_test", "run", "", ""), ENTRY.format("apps.b", "run", "", ""),
                   a_test=GTEST.format(SKIPPED.format("no GPU here")))
        text, last, status = self.tally("release", "--")
        self.assertEqual((last, status), ("2 passed, 0 failed, 1 skipped", 0))
        self.assertIn("S.Skip: no GPU here", text)

    def test_sums_configurations(self):
        for phase in ("release", "asan"):
            self.write(phase, ENTRY.format("apps.b", "run", "", ""))
        (self.results / "fuzz.counts").write_text("fuzz.npy passed\nfuzz.journal failed exit status 77\n")
        self.assertEqual(self.tally("release", "asan", "fuzz", "--")[1:], ("3 passed, 1 failed, 0 skipped", 1))

    def test_a_failed_case_fails(self):
        self.write("release", ENTRY.format("host.a_test", "fail", '<failure message=""/>', ""),
                   a_test=GTEST.format(FAILED))
        text, last, status = self.tally("release", "--")
        self.assertEqual((last, status), ("1 passed, 1 failed, 0 skipped", 1))
        self.assertIn("S.Bad: expected 1", text)

    def test_a_crash_after_the_cases_fails(self):
        self.write("release", ENTRY.format("host.a_test", "fail", '<failure message=""/>', "SEGV"),
                   a_test=GTEST.format(""))
        self.assertEqual(self.tally("release", "--")[1:], ("1 passed, 1 failed, 0 skipped", 1))

    def test_a_crash_that_left_no_file_or_half_a_file_fails(self):
        entry = ENTRY.format("host.a_test", "fail", '<failure message=""/>', "killed")
        self.write("release", entry)
        self.assertEqual(self.tally("release", "--")[1:], ("0 passed, 1 failed, 0 skipped", 1))
        self.write("release", entry, a_test="<testsuites><testsuite")
        self.assertEqual(self.tally("release", "--")[1:], ("0 passed, 1 failed, 0 skipped", 1))

    def test_what_did_not_build_or_run_fails(self):
        self.assertEqual(self.tally("release", "--", "release")[1:], ("0 passed, 1 failed, 0 skipped", 1))
        (self.results / "tsan.configure.log").write_text("")
        self.assertEqual(self.tally("tsan", "--")[1:], ("0 passed, 1 failed, 0 skipped", 1))
        self.assertEqual(self.tally("cpu", "--")[2], 1)

    def test_a_skip_for_want_of_real_data_fails_where_it_is_required(self):
        self.write("release", ENTRY.format("host.a_test", "run", "", ""),
                   a_test=GTEST.format(SKIPPED.format("set SLUICE_REAL_DATA")))
        self.assertEqual(self.tally("release", "--")[1:], ("1 passed, 0 failed, 1 skipped", 0))
        required = self.tally("release", "--", SLUICE_REQUIRE_REAL_DATA="1")
        self.assertEqual(required[1:], ("1 passed, 1 failed, 0 skipped", 1))


if __name__ == "__main__":
    unittest.main()
