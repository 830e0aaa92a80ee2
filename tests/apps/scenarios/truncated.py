"""An input that is cut short while it is read: a clear line and exit 1, whatever the way of reading; never SIGBUS."""
import os
import time

from support import SLOW, check, check_one_clear_line, folder, generate, run, start


def main():
    rows, columns = (1500, 3000) if SLOW else (6000, 6000)
    with folder() as where:
        x, c = os.path.join(where, "x.npy"), os.path.join(where, "c.npy")
        for kind, more in (("wide", ()), ("tall", ("--variables", "columns"))):
            for io in ("mmap", "pread"):
                arguments = ("cov", x, "-o", c, "--device", "cpu", "--io", io, "--memory", "48M", "--force", *more)
                generate(x, rows, columns, "--force")
                _, _, seconds = run(*arguments)
                failed = 0
                for part in (0.1, 0.2, 0.3, 0.45, 0.6):
                    generate(x, rows, columns, "--force")
                    if os.path.exists(c):
                        os.unlink(c)
                    process = start(*arguments)
                    time.sleep(part * seconds)
                    os.truncate(x, 4096 + rows * columns)  # a quarter of the data is left
                    code, err = wait(process)
                    check(code in (0, 1), f"exit {code} when the input was cut at {part:.0%}: {err}")
                    if code == 1:
                        failed += 1
                        check_one_clear_line(err, "x.npy")
                        check("truncated" in err or "changed" in err or "shorter" in err, err)
                        check(not os.path.exists(c), "something lies under the final name")
                print(f"{kind}, {io}: {failed} of 5 cut runs failed as they should ({seconds:.2f} s unbroken)")
                check(failed >= 1, "no run has noticed that its input was cut")


def wait(process):
    _, err = process.communicate(timeout=600)
    return process.returncode, err


main()
