"""`sluice layout` as a user meets it: kills and Ctrl-C in the midst, resumed to the same bytes; the layout so far is
there after Ctrl-C; a full disk; the same bytes at any number of threads."""
import os
import signal
import subprocess
import time

from support import SLOW, cancel, check, check_one_clear_line, contents, folder, leftovers, run, start

OUTPUTS = ("xy.npy", "xy.csv", "g.gif", "loss.csv")


def command(graph, where, kind, *more):
    paths = [os.path.join(where, name) for name in OUTPUTS]
    outputs = [word for path in paths[:-1] for word in ("-o", path)]
    how = (("--objective", "stress", "--iterations", 400 if SLOW else 4000) if kind == "stress"
           else ("--iterations", 200 if SLOW else 3000))
    return ("layout", graph, *outputs, "--loss", paths[-1], *how, "--frames", 10, "--picture-size", "400x300",
            "--no-measures", "--device", "cpu", "--checkpoint", 0.1, *more)


def clean(where):
    for name in os.listdir(where):
        os.unlink(os.path.join(where, name))


def stops(where, graph, kind):
    whole, part = os.path.join(where, "whole_" + kind), os.path.join(where, "part_" + kind)
    os.mkdir(whole)
    os.mkdir(part)
    _, _, seconds = run(*command(graph, part, kind))  # the same names: they stand in the state
    for name in OUTPUTS:
        os.rename(os.path.join(part, name), os.path.join(whole, name))
    caught = 0
    for number, code in ((signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)):
        for share in (0.5, 0.25, 0.7, 0.1):
            clean(part)
            process = start(*command(graph, part, kind))
            journal = os.path.join(part, "xy.npy.journal")
            end = time.monotonic() + 30
            while not os.path.exists(journal) and process.poll() is None and time.monotonic() < end:
                time.sleep(0.001)
            time.sleep(share * seconds)
            found, _, err = cancel(process, number)
            check(found in (0, code), f"{kind}, {number.name}: exit {found}, expected {code}: {err}")
            if found == 0:
                continue
            caught += 1
            if code > 0:
                check("the layout so far, after " in err, f"nothing says where the layout is: {err}")
                check("go on with: " in err and "--resume" in err, f"nothing says how to go on: {err}")
                for name in OUTPUTS:
                    check(os.path.exists(os.path.join(part, name)), f"{name} is not there after {number.name}")
            else:
                for name in OUTPUTS:  # killed while it wrote them: those that are there are whole
                    made = os.path.join(part, name)
                    check(not os.path.exists(made) or contents(made) == contents(os.path.join(whole, name)),
                          f"half a result under the name {name}")
            _, err, _ = run(*command(graph, part, kind), code=1)
            if os.path.exists(journal):
                check("an unfinished run is there" in err, err)
            run(*command(graph, part, kind, "--resume", "--threads", 1))
            for name in OUTPUTS:
                check(contents(os.path.join(part, name)) == contents(os.path.join(whole, name)),
                      f"{kind}, {number.name}: {name} has other bytes than of an unbroken run")
            check(leftovers(os.path.join(part, "xy.npy")) == ["xy.npy.meta.json"],
                  f"left behind: {leftovers(os.path.join(part, 'xy.npy'))}")
            break
    check(caught >= 2, f"{kind}: only {caught} runs were stopped in the midst")
    print(f"{kind}: {caught} runs stopped and resumed to the same bytes")


def stops_while_it_writes(where, graph):
    """Ctrl-C when the descent is over and the animation is being drawn: nothing of it is lost."""
    whole, part = os.path.join(where, "whole_late"), os.path.join(where, "part_late")
    os.mkdir(whole)
    os.mkdir(part)
    names = ("a.npy", "a.gif", "a.csv")
    late = ("layout", graph, "--objective", "stress", "--frames", 60, "--picture-size", "1600x1200",
            *(word for name in names for word in ("-o", os.path.join(part, name))))
    run(*late)
    for name in names:
        os.rename(os.path.join(part, name), os.path.join(whole, name))
    clean(part)
    process = start(*late)
    end = time.monotonic() + 60
    while not os.path.exists(os.path.join(part, "a.gif.partial")) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)
    found, _, err = cancel(process, signal.SIGINT)
    check(found in (0, 130), f"stopped while it writes: exit {found}: {err}")
    if found == 0:
        print("the animation was drawn before it could be stopped")
        return
    check("--resume" in err, f"nothing says how to go on: {err}")
    check(os.path.exists(os.path.join(part, "a.npy")), "the layout is not there")
    _, err, _ = run(*late, "--resume")
    check("the layout was made, its outputs were not all written" in err, f"it was made again: {err}")
    for name in names:
        check(contents(os.path.join(part, name)) == contents(os.path.join(whole, name)), f"{name} has other bytes")
    check(leftovers(os.path.join(part, "a.npy")) == ["a.npy.meta.json"], "something is left behind")


def full_disk(where, graph):
    disk = os.path.join(where, "disk")
    os.mkdir(disk)
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk],
                                           capture_output=True, check=False).returncode != 0:
        print("no tmpfs can be mounted here: full disks are left out")
        return
    try:
        with open(os.path.join(disk, "ballast"), "wb") as file:
            file.write(bytes(os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - 16384))
        out = os.path.join(disk, "g.html")
        _, err, _ = run("layout", graph, "--objective", "stress", "-o", out, "-q", code=1)
        check_one_clear_line(err, out)
        check(not os.path.exists(out), "half a page under its name")
    finally:
        subprocess.run(["umount", disk], check=False)


def main():
    with folder() as where:
        graph = os.path.join(where, "g.mtx")
        run("generate", "graph", "--kind", "grid", "--vertices", 225, "--seed", 1, "-o", graph, "-q")
        for kind in ("base", "stress"):
            stops(where, graph, kind)
        stops_while_it_writes(where, graph)
        full_disk(where, graph)


main()
