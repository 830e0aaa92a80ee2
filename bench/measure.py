"""What the benchmarks share: running a command with its time and peak anonymous memory, medians, the machine."""
import json
import mmap
import os
import platform
import re
import statistics
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def find_sluice():
    """$SLUICE, else the release build, else the path."""
    for path in (os.environ.get("SLUICE"), os.path.join(ROOT, "build", "release", "bin", "sluice"),
                 os.path.join(ROOT, "build", "cpu", "bin", "sluice")):
        if path and os.access(path, os.X_OK):
            return path
    sys.exit("bench: no sluice: build it (scripts/setup, cmake --build --preset release) or set SLUICE")


def anonymous_bytes(pid):
    """Anonymous and shared memory now: what --memory counts; pages of mapped files are not in it."""
    total = 0
    try:
        with open(f"/proc/{pid}/status") as status:
            for line in status:
                if line.startswith(("RssAnon:", "RssShmem:")):
                    total += int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return total


class Run:
    """A finished command: seconds of wall time, peak anonymous memory sampled every 20 ms, its stdout and stderr."""

    def __init__(self, command, check=True, env=None):
        begun = time.monotonic()
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=env)
        self.peak, done = 0, threading.Event()

        def watch():
            while not done.is_set():
                self.peak = max(self.peak, anonymous_bytes(process.pid))
                done.wait(0.02)

        watcher = threading.Thread(target=watch)
        watcher.start()
        self.stdout, self.stderr = process.communicate()
        self.seconds = time.monotonic() - begun
        done.set()
        watcher.join()
        self.code = process.returncode
        if check and self.code:
            sys.exit(f"bench: {' '.join(map(str, command))}: exit {self.code}\n{self.stderr}")

    @property
    def json(self):
        return json.loads(self.stdout)


def find_number(tree, name):
    """The first number called `name` in a summary, wherever it is nested."""
    if isinstance(tree, dict):
        if isinstance(tree.get(name), (int, float)):
            return tree[name]
        tree = list(tree.values())
    if isinstance(tree, list):
        for part in tree:
            found = find_number(part, name)
            if found is not None:
                return found
    return None


def sluice_run(sluice, *arguments):
    """A run of the command with its summary; `seconds` is the wall time of the whole process without the final sync."""
    run = Run([sluice, *arguments, "--json", "--progress", "none"])
    sync = find_number(run.json, "sync_seconds")
    if sync is None:
        sys.exit("bench: the summary of sluice has no sync_seconds")
    run.with_sync, run.seconds = run.seconds, run.seconds - sync
    return run


def parse_size(text):
    """"128M" in bytes; K, M, G are 1024."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([KMG]?)", text)
    if not match:
        sys.exit(f"bench: expected a size like 128M, found {text}")
    return int(float(match[1]) * 1024 ** " KMG".index(match[2] or " "))


def median(values):
    return statistics.median(values)


def warm(path):
    """Puts a file into the page cache, so that runs that follow all find it there."""
    with open(path, "rb", buffering=0) as file:
        buffer = bytearray(1 << 22)
        while file.readinto(buffer):
            pass


def available_memory():
    """Bytes that this process may still take: the machine's, or its control group's where that is less."""
    with open("/proc/meminfo") as info:
        available = next(int(line.split()[1]) * 1024 for line in info if line.startswith("MemAvailable:"))
    try:
        with open("/sys/fs/cgroup/memory.max") as limit, open("/sys/fs/cgroup/memory.current") as now:
            available = min(available, int(limit.read()) - int(now.read()))
    except (OSError, ValueError):  # no such group, or "max"
        pass
    return max(available, 1)


def machine():
    model = platform.processor() or "unknown"
    with open("/proc/cpuinfo") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo") as info:
        memory = int(info.readline().split()[1]) * 1024
    return {"cpu": model, "cores": len(os.sched_getaffinity(0)), "memory": memory, "kernel": platform.release()}


def direct_rate(path):
    """Bytes a second of the whole file past the page cache, two threads with blocks of 8 MiB by turns."""
    block, size, threads, lock, place = 8 << 20, os.path.getsize(path), [], threading.Lock(), [0]

    def read():
        file, buffer = os.open(path, os.O_RDONLY | os.O_DIRECT), mmap.mmap(-1, block)
        while True:
            with lock:
                at = place[0]
                place[0] += block
            if at >= size or os.preadv(file, [buffer], at) <= 0:
                break
        os.close(file)

    begun = time.perf_counter()
    for _ in range(2):
        threads.append(threading.Thread(target=read))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return size / (time.perf_counter() - begun)


def forget(path):
    """Takes a file out of the page cache."""
    file = os.open(path, os.O_RDONLY)
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(file)
