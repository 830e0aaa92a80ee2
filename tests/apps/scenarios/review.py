"""What a review once found broken, each as a case that fails if it comes back: saved states under another plan,
errors that must not cost finished tiles, names that are in the way, plans of absurd shapes, verification at any scale.
"""
import json
import os
import resource
import signal
import struct

from support import SLOW, cancel, check, contents, folder, generate, run, same_files, skip, start, write_npy


def at_most(bytes_):
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (bytes_, bytes_))


def limited(*arguments, code, bytes_):
    """A run under a limit of address space: it must end, with `code`."""
    process = start(*arguments, preexec_fn=at_most(bytes_))
    try:
        out, err = process.communicate(timeout=60)
    except BaseException:
        process.kill()
        raise
    check(process.returncode == code, f"exit {process.returncode} under {bytes_} bytes, expected {code}: {err}")
    return out, err


def interrupt(arguments, share):
    """Interrupts a run once its progress is past `share`; False where it has ended before that."""
    process = start(*arguments, "--progress", "json")
    for line in process.stderr:
        if line.startswith("{"):
            now = json.loads(line)
            if now["total"] and now["done"] / now["total"] > share:
                break
    code, _, err = cancel(process, signal.SIGINT)
    check(code in (0, 130), f"exit {code}: {err}")
    return code == 130


def states_and_tiles(where):
    """The last block is one sub-tile under both budgets: its state is good for both."""
    x = os.path.join(where, "x.npy")
    generate(x, 2560, 60000)
    result, variances = os.path.join(where, "c.npy"), os.path.join(where, "v.npy")
    whole = os.path.join(where, "whole.npy"), os.path.join(where, "whole_v.npy")

    def arguments(memory, to, *more):
        return ("cov", x, "-o", to[0], "--variances", to[1], "--memory", memory, "--threads", 1, "--device", "cpu",
                "--io", "mmap", "--checkpoint", 0, *more)

    run(*arguments("60M", whole))
    for first, then in (("60M", "30M"), ("30M", "60M")):
        for _ in range(3):  # a busy machine may let the run end first
            if interrupt(arguments(first, (result, variances), "--force"), 0.965):
                break
        else:
            skip("no run could be interrupted in its last block")
        if then == "30M":
            _, err = limited(*arguments(then, (result, variances), "--resume"), code=1, bytes_=500 << 20)
            check("ulimit -v" in err or "cannot be had" in err, f"no word of memory: {err}")
        _, err, _ = run(*arguments(then, (result, variances), "--resume", "--progress", "json"))
        check("goes on from observation" in err, f"{first}, then {then}: the saved accumulators were not used: {err}")
        begun = json.loads(next(line for line in err.splitlines() if line.startswith("{")))
        check(begun["done"] / begun["total"] > 0.9, f"{first}, then {then}: the finished tiles were lost: {begun}")
        check(same_files(result, whole[0]), f"{first}, then {then}: other bytes than an unbroken run")
        check(same_files(variances, whole[1]), f"{first}, then {then}: other variances than an unbroken run")


def names(where):
    def at(name):
        return os.path.join(where, name)

    x = at("small.npy")
    write_npy(x, 5, 9)
    before = contents(x)
    for name in ("z.npy.partial", "w.npy.partial"):
        with open(at(name), "wb") as file:
            file.write(before)
    run("cov", at("z.npy.partial"), "-o", at("z.npy"), code=2)
    check(contents(at("z.npy.partial")) == before, "the input named as the working file is gone")
    run("cov", x, "-o", at("w.npy"), code=1)
    check(contents(at("w.npy.partial")) == before, "a file of someone else was replaced")
    run("cov", x, "-o", at("w.npy"), "--force")
    run("cov", x, "-o", "s.npy", "--means", "./s.npy", code=2, cwd=where)

    for name in ("kept.png", "g.npy.pairs.csv"):
        with open(at(name), "w") as file:
            file.write("precious")
    run("cov", x, "-o", at("p.npy"), "--picture", at("kept.png"), code=1)
    run("generate", "matrix", "--shape", "8x8", "--correlated-pairs", 2, "-o", at("g.npy"), code=1)
    for name in ("kept.png", "g.npy.pairs.csv"):
        check(contents(at(name)) == b"precious", f"{name} was replaced without --force")

    run("cov", x, "-o", at("m.npy"), "--means", at("means.npy"))
    os.unlink(at("means.npy"))
    out, err, _ = run("cov", x, "-o", at("m.npy"), "--means", at("means.npy"), "--resume", code=None)
    check("complete" not in out + err or os.path.exists(at("means.npy")), "complete, without its means: " + out + err)
    run("cov", x, "-o", at("d.h5") + ":/a")
    run("cov", x, "-o", at("d.h5") + ":/b", "--resume", code=1)
    out, _, _ = run("cov", x, "-o", at("new.h5") + ":/a", "--dry-run")
    check("(0 B free)" not in out, out)


def raw(where):
    x, c = os.path.join(where, "x.bin"), os.path.join(where, "r.npy")
    with open(x, "wb") as file:
        file.write(struct.pack("<64f", *(i * i % 17 for i in range(64))))
    first = ("cov", x, "-o", c, "--shape", "8x8")
    run(*first, "--dtype", "float32")
    for more in (("--dtype", "int32"), ("--dtype", ">f4"), ("--dtype", "float32", "--order", "F")):
        run(*first, *more, "--resume", code=1)
    if SLOW:
        return  # a sanitizer's shadow does not fit under the limit
    with open(x, "wb") as file:
        file.truncate(400000000)
    out, err = limited("cov", x, "-o", c, "--shape", "100000000x1", "--dtype", "float32", "--dry-run", "--device",
                       "cpu", code=0, bytes_=6000000 << 10)
    check("did you mean --variables columns?" in out + err, out + err)


def scales(where):
    for scale in (1e-100, 1e100):
        x = os.path.join(where, "scale.npy")
        write_npy(x, 6, 40, lambda r, c, s=scale: ((r * 7 + c * c) % 11 + r * 0.1) * s)
        for more in ((), ("--corr",)):
            out, _, _ = run("cov", x, "-o", os.path.join(where, "sc.npy"), "--verify", 20, "--json", "--force", *more)
            found = json.loads(out)["verification"]
            worst = found.get("worst", found.get("worst_error"))
            check(isinstance(worst, (int, float)) and worst <= found["bound"], f"{scale} {more}: {found}")


def main():
    with folder() as where:
        names(where)
        raw(where)
        scales(where)
        if SLOW:
            print("sanitizers: the states are left out, the shapes that they need are too slow")
        else:
            states_and_tiles(where)


main()
