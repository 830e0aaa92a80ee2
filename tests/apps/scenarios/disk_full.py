"""A disk that is full, as a small tmpfs: one clear line, exit 1, nothing left; also where only the journal's or the
means' few bytes no longer fit. Wants root (mount); skipped with a message otherwise."""
import os
import subprocess

from support import check, check_one_clear_line, contents, folder, generate, leftovers, run, skip


def mount(path, size):
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], capture_output=True, text=True)
    return done.returncode == 0, done.stderr.strip()


def main():
    if os.geteuid() != 0:
        skip("mounting a small tmpfs needs root")
    with folder() as where:
        disk, x = os.path.join(where, "disk"), os.path.join(where, "x.npy")
        os.mkdir(disk)
        mounted, why = mount(disk, "2m")
        if not mounted:
            skip("a tmpfs cannot be mounted here: " + why)
        try:
            generate(x, 1000, 100)  # 4 MB of result
            for name in ("c.npy", "c.raw", "c.h5"):
                output = os.path.join(disk, name)
                _, err, _ = run("cov", x, "-o", output, "--device", "cpu", code=1)
                check_one_clear_line(err, name, "space")
                check(os.listdir(disk) == [], f"left on the full disk: {os.listdir(disk)}")
            output = os.path.join(disk, "g.npy")
            _, err, _ = run("generate", "matrix", "--shape", "1000x1000", "-o", output, code=1)
            check_one_clear_line(err, "g.npy", "space")
            check(os.listdir(disk) == [], f"left on the full disk: {os.listdir(disk)}")

            # Room for all of the result but the last pages: wherever it ends, it is said and nothing is lost.
            generate(x, 400, 100, "--force")  # 640,000 bytes and a header
            for spare in (0, 4096, 8192, 12288, 65536):
                for name in os.listdir(disk):
                    os.unlink(os.path.join(disk, name))
                status = os.statvfs(disk)
                with open(os.path.join(disk, "ballast"), "wb") as file:
                    file.write(b"\1" * (status.f_bavail * status.f_frsize - 647168 - spare))
                output = os.path.join(disk, "c.npy")
                _, err, _ = run("cov", x, "-o", output, "--device", "cpu", "--means", os.path.join(disk, "m.npy"),
                                code=None)
                if os.path.exists(output):
                    check(len(contents(output)) == 4096 + 400 * 400 * 4, "a short file under the final name")
                else:
                    check_one_clear_line(err, "space")
                print(f"{spare} bytes more than the result: {'written' if os.path.exists(output) else err.splitlines()[-1]}")
            os.unlink(os.path.join(disk, "ballast"))
            run("cov", x, "-o", output, "--device", "cpu", "--force")  # with room again it works
            check(leftovers(output) == ["c.npy.meta.json"], f"left: {leftovers(output)}")
        finally:
            subprocess.run(["umount", disk], check=False)


main()
