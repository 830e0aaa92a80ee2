"""`sluice lc` as a user meets it: kills and signals during ingest and features, the same bytes at any threads and
memory, a full disk. A database is sound after each of them, and the same command goes on."""
import os
import signal
import sqlite3
import subprocess
import time

from support import SLOW, cancel, check, check_one_clear_line, folder, leftovers, run, same_files, start

OBJECTS = 200 if SLOW else 1500


def content(path):
    """Rows and features of a database; it must be sound."""
    db = sqlite3.connect(path)
    try:
        check(db.execute("PRAGMA integrity_check").fetchone() == ("ok",), f"{path}: damaged")
        check(db.execute("PRAGMA foreign_key_check").fetchall() == [], f"{path}: references to nothing")
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        rows = db.execute("SELECT objId, pb, t, flux, dflux FROM rawPhot ORDER BY objId, pb, t").fetchall()
        features = db.execute("SELECT * FROM lcFeats ORDER BY objId").fetchall() if "lcFeats" in tables else None
        return rows, features
    finally:
        db.close()


def kills(where, table):
    whole, db = os.path.join(where, "whole.db"), os.path.join(where, "survey.db")
    ingest = ("lc", "ingest", table, "-o", db, "--memory", "64M", "--threads", 2)
    _, _, seconds = run(*ingest[:4], whole, *ingest[5:])
    run("lc", "features", whole, "-q")
    stopped = 0
    for number, code in ((signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)):
        for share in (0.3, 0.6, 0.9):
            process = start(*ingest)
            time.sleep(share * seconds)
            found, _, err = cancel(process, number)
            check(found in (0, code), f"ingest, {number.name}: exit {found}, expected {code}: {err}")
            check(found in (0, -9) or "go on with: sluice lc ingest" in err, f"nothing says how to go on: {err}")
            stopped += found != 0
            if os.path.exists(db):  # whole batches alone
                content(db)
    run(*ingest)
    run("lc", "features", db, "-q")
    check(content(db) == content(whole), "kills of ingest left other rows")
    # A run of features that is stopped changes nothing.
    before = content(db)
    _, _, seconds = run("lc", "features", whole, "--features", "all", "--force", "-q")
    for number, code in ((signal.SIGKILL, -9), (signal.SIGINT, 130)):
        process = start("lc", "features", db, "--features", "all", "--bands", "gr", "--force")
        time.sleep(0.5 * seconds)
        found, _, err = cancel(process, number)
        check(found in (0, code), f"features, {number.name}: exit {found}, expected {code}: {err}")
        if found != 0:
            stopped += 1
            check(content(db) == before, "features that were stopped changed the database")
    check(stopped >= 3, f"only {stopped} runs were caught in the midst")
    print(f"{stopped} of 11 runs were stopped; the database was sound each time")
    for path in (whole, db):
        check(leftovers(path) == [], f"left: {leftovers(path)}")


def same_bytes(where, table):
    first = None
    for threads, memory in ((1, "48M"), (2, "64M"), (3, "1G")):
        db, path = os.path.join(where, f"t{threads}.db"), os.path.join(where, f"t{threads}.csv")
        run("lc", "ingest", table, "-o", db, "--threads", threads, "--memory", memory, "-q")
        run("lc", "features", db, "--features", "all", "--threads", threads, "--memory", memory, "-o", path, "-q")
        first = first or path
        check(same_files(path, first), f"other bytes with {threads} threads and {memory}")


def full_disk(where, table):
    disk = os.path.join(where, "disk")
    os.mkdir(disk)
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk],
                                           capture_output=True, check=False).returncode != 0:
        print("no tmpfs can be mounted here: full disks are left out")
        return
    try:
        for arguments in (("ingest", table, "-o", os.path.join(disk, "s.db")),
                          ("features", table, "--features", "all", "-o", os.path.join(disk, "f.csv"), "--memory", "64M")):
            if arguments[0] == "features":
                with open(os.path.join(disk, "ballast"), "wb") as file:
                    file.write(bytes(os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - 65536))
            _, err, _ = run("lc", *arguments, code=1)
            check_one_clear_line(err, disk, "space" if arguments[0] == "features" else "s.db")
    finally:
        subprocess.run(["umount", disk], check=False)


def main():
    with folder() as where:
        table = os.path.join(where, "lc.csv")
        run("generate", "lightcurves", "--objects", OBJECTS, "--points", "30:300", "--seed", 1, "-o", table, "-q")
        kills(where, table)
        same_bytes(where, table)
        full_disk(where, table)


main()
