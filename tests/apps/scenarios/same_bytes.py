"""The command's promise as a user would try it: one matrix, any --threads, --memory and --io, the same file; and a
second machine's worth of formats that hold the same elements."""
import os

from support import SLOW, check, contents, folder, generate, run


def main():
    n, m = (700, 500) if SLOW else (1500, 4500)
    with folder() as where:
        x, c, whole = (os.path.join(where, name) for name in ("x.npy", "c.npy", "whole.npy"))
        generate(x, n, m, "--dist", "normal")
        run("cov", x, "-o", whole, "--device", "cpu")
        want = contents(whole)
        check(len(want) == 4096 + n * n * 4, "the result has another size than expected")
        for threads in (1, 2, 3):
            for memory in ("48M", "200M", "1G"):
                for io in ("auto", "pread"):
                    run("cov", x, "-o", c, "--device", "cpu", "--threads", threads, "--memory", memory, "--io", io,
                        "--force")
                    check(contents(c) == want, f"other bytes with --threads {threads} --memory {memory} --io {io}")
        raw = os.path.join(where, "c.raw")
        run("cov", x, "-o", raw, "--device", "cpu")
        check(contents(raw) == want[4096:], "the raw result holds other elements")
        data = os.path.join(where, "x.bin")
        with open(data, "wb") as file:
            file.write(contents(x)[4096:])
        run("cov", data, "--shape", f"{n}x{m}", "--dtype", "float32", "-o", c, "--device", "cpu", "--force")
        check(contents(c) == want, "raw input gives other bytes")
        run("cov", x, "-o", c, "--device", "check", "--verify", 50, "--force")
        env = dict(os.environ, SLUICE_THREADS="1", SLUICE_MEMORY="64M", SLUICE_DEVICE="cpu")
        run("cov", x, "-o", c, "--force", env=env)
        check(contents(c) == want, "other bytes with options from the environment")


main()
