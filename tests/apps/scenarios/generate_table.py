"""`sluice generate table` as a user meets it: kills, signals and full disks end with a resume that gives the same
bytes; nothing half-written lies under the final name; a reader of a pipe that goes away ends it quietly."""
import os
import signal
import subprocess
import time

from support import SLOW, SLUICE, cancel, check, check_one_clear_line, contents, folder, leftovers, run, same_files, start

COLUMNS = "id:row,a:normal,b:uniform(0:10),k:category(5),t:time(2024-01-01:1s)"
ROWS = 200_000 if SLOW else 1_000_000


def arguments(output, *more):
    return ("generate", "table", "--rows", ROWS, "--columns", COLUMNS, "--missing", 0.01, "--seed", 5, "-o", output,
            "--memory", "32M", "--threads", 2, *more)


def kills(where):
    whole, table = os.path.join(where, "whole.csv"), os.path.join(where, "t.csv")
    _, _, seconds = run(*arguments(whole))
    check(leftovers(whole) == ["whole.csv.meta.json"], f"left: {leftovers(whole)}")
    run(*arguments(whole), code=1)
    stopped = 0
    for number, code in ((signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)):
        process = start(*arguments(table, "--checkpoint", 0))
        time.sleep(0.4 * seconds)
        found, _, err = cancel(process, number)
        check(found in (0, code), f"{number.name}: exit {found}, expected {code}: {err}")
        check(found == 0 or not os.path.exists(table), "something lies under the final name")
        check(found in (0, -9) or "--resume" in err, f"nothing says how to resume: {err}")
        stopped += found != 0
        run(*arguments(table, "--resume", "--threads", 1))
        check(same_files(table, whole), f"{number.name}: other bytes than an unbroken run")
        os.unlink(table)
    print(f"{stopped} of 3 runs were stopped and resumed")


def pipes(where):
    out, _, _ = run("generate", "table", "--rows", 50, "--columns", COLUMNS, "-o", "-")
    table = os.path.join(where, "p.csv")
    run("generate", "table", "--rows", 50, "--columns", COLUMNS, "-o", table)
    check(out.encode() == contents(table), "standard output gives other bytes than a file")
    begun = time.monotonic()
    process = subprocess.Popen([SLUICE, "generate", "table", "--rows", "1e9", "--columns", COLUMNS, "-o", "-", "-q"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(process.stdout.readline().startswith(b"id,a,b,k,t"), "no header")
    process.stdout.close()
    err = process.stderr.read().decode()
    process.wait(timeout=60)
    check(err == "" and process.returncode == 0, f"a closed pipe: exit {process.returncode}: {err}")
    check(time.monotonic() - begun < 30, "it went on without a reader")


def full_disk(where):
    disk = os.path.join(where, "disk")
    os.mkdir(disk)
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk],
                                           capture_output=True, check=False).returncode != 0:
        print("no tmpfs can be mounted here: full disks are left out")
        return
    try:
        table = os.path.join(disk, "t.csv")
        _, err, _ = run(*arguments(table), code=1)  # said before anything is written
        check_one_clear_line(err, "t.csv", "space")
        check(os.listdir(disk) == [], f"left on the full disk: {os.listdir(disk)}")
        status = os.statvfs(disk)
        few = ("generate", "table", "--rows", 20000, "--columns", "a:normal", "-o", table, "--memory", "32M")
        with open(os.path.join(disk, "ballast"), "wb") as file:  # all but the last pages fit
            file.write(b"\1" * (status.f_bavail * status.f_frsize - 388 * 1024))
        _, err, _ = run(*few, code=None)
        if not os.path.exists(table):
            check_one_clear_line(err, "t.csv", "space")
        check(not os.path.exists(table) or contents(table).count(b"\n") == 20001, "half a table under the final name")
        os.unlink(os.path.join(disk, "ballast"))
        run(*few, "--resume")
        check(contents(table).count(b"\n") == 20001, "the resumed table is not whole")
    finally:
        subprocess.run(["umount", disk], check=False)


def main():
    with folder() as where:
        kills(where)
        pipes(where)
        full_disk(where)


main()
