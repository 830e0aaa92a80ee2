"""What the scenarios share: running the command, matrices, and what must hold of its messages.

Only the standard library. SLUICE names the command; a check that fails ends the scenario with exit code 1.
"""
import contextlib
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

SLUICE = os.environ.get("SLUICE") or shutil.which("sluice")
SLOW = bool(os.environ.get("SLUICE_SANITIZE"))  # a build with sanitizers: smaller matrices


def fail(message):
    print("FAILED:", message, flush=True)
    sys.exit(1)


def skip(message):
    print("skipped:", message, flush=True)
    sys.exit(77)


def check(condition, message):
    if not condition:
        fail(message)


if not SLUICE:
    fail("SLUICE does not name the command")


@contextlib.contextmanager
def folder(inside=None):
    path = tempfile.mkdtemp(prefix="sluice_scenario_", dir=inside)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def start(*arguments, **options):
    return subprocess.Popen([SLUICE, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, **options)


def run(*arguments, code=0, **options):
    """Runs the command to its end; returns (stdout, stderr, seconds). Any other exit code ends the scenario."""
    begun = time.monotonic()
    process = start(*arguments, **options)
    out, err = process.communicate(timeout=600)
    if code is not None and process.returncode != code:
        fail(f"sluice {' '.join(map(str, arguments))}: exit {process.returncode}, expected {code}\n{err}")
    return out, err, time.monotonic() - begun


def generate(path, rows, columns, *more):
    run("generate", "matrix", "--shape", f"{rows}x{columns}", "--dtype", "float32", "--seed", 7, "-o", path, *more)


def write_npy(path, rows, columns, value=lambda r, c: (r * 7 + c * c) % 11):
    """A small float64 matrix."""
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
    head += " " * (-(10 + len(head) + 1) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode())
        for r in range(rows):
            file.write(struct.pack(f"<{columns}d", *(value(r, c) for c in range(columns))))


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def same_files(one, other):
    with open(one, "rb") as a, open(other, "rb") as b:
        while True:
            left, right = a.read(1 << 22), b.read(1 << 22)
            if left != right:
                return False
            if not left:
                return True


def error_lines(err):
    """Lines of stderr that are the command's own messages, without progress."""
    return [line for line in err.splitlines() if line.startswith("sluice")]


def check_one_clear_line(err, *parts):
    lines = error_lines(err)
    check(len(lines) == 1, f"one line of error was expected, found {len(lines)}:\n{err}")
    for part in parts:
        check(part in err, f"no '{part}' in: {err}")
    check("Traceback" not in err and "terminate called" not in err and "Sanitizer" not in err, err)


def cancel(process, number=signal.SIGKILL):
    """Sends a signal to a run of ours if it still runs, and waits for its end."""
    if process.poll() is None:
        process.send_signal(number)
    out, err = process.communicate(timeout=600)
    return process.returncode, out, err


def leftovers(path):
    """Files beside a result that begin with its name."""
    name = os.path.basename(path)
    return sorted(n for n in os.listdir(os.path.dirname(path)) if n.startswith(name) and n != name)


class Job:
    """A covariance that takes about a second: arguments, and the bytes of an unbroken run."""

    def __init__(self, where, kind):
        self.where = where
        self.input, self.whole, self.output = (os.path.join(where, n) for n in ("x.npy", "whole.npy", "c.npy"))
        if kind == "wide":
            n, m, self.more = (1500, 900, ()) if SLOW else (6500, 3000, ())
            generate(self.input, n, m)
            self.more = ("--memory", "64M")
        else:
            n, m = (60, 200000) if SLOW else (128, 2500000)
            generate(self.input, m, n)
            self.more = ("--variables", "columns", "--memory", "32M")
        out, err, self.seconds = run(*self.arguments(self.whole))

    def arguments(self, output, *more):
        return ("cov", self.input, "-o", output, "--device", "cpu", "--checkpoint", "0.05", *self.more, *more)

    def clean(self):
        for name in [os.path.basename(self.output)] + leftovers(self.output):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self.where, name))

    def check_resumes(self, *more):
        run(*self.arguments(self.output, "--resume", *more))
        check(same_files(self.whole, self.output), "the resumed run gives other bytes than the unbroken one")
        check(leftovers(self.output) in ([], ["c.npy.meta.json"]), f"left behind: {leftovers(self.output)}")
