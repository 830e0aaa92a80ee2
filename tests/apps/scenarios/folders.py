"""Where results may not go: a read-only folder, the input itself by any of its names, a file that exists."""
import os
import stat
import subprocess

from support import check, check_one_clear_line, contents, folder, run, write_npy


def read_only(path):
    """Makes a folder read-only, also for root; returns what undoes it, or None where that cannot be done."""
    if os.geteuid() != 0:
        os.chmod(path, stat.S_IRUSR | stat.S_IXUSR)
        return lambda: os.chmod(path, stat.S_IRWXU)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", path], capture_output=True).returncode == 0:
        return lambda: subprocess.run(["umount", path], check=False)
    return None


def main():
    with folder() as where:
        x, c = os.path.join(where, "x.npy"), os.path.join(where, "c.npy")
        write_npy(x, 3, 8)
        before = contents(x)

        locked = os.path.join(where, "locked")
        os.mkdir(locked)
        undo = read_only(locked)
        if undo:
            try:
                _, err, _ = run("cov", x, "-o", os.path.join(locked, "c.npy"), code=1)
                check_one_clear_line(err, "locked")
                check(os.listdir(locked) == [], "something was left in the read-only folder")
            finally:
                undo()
        else:
            print("root, and no mount: the read-only folder is left out")
        _, err, _ = run("cov", x, "-o", os.path.join(where, "absent", "c.npy"), code=1)
        check_one_clear_line(err, "absent")
        check(not os.path.exists(os.path.join(where, "absent")), "a folder was made")

        os.symlink(x, os.path.join(where, "link.npy"))
        os.link(x, os.path.join(where, "hard.npy"))
        for name in ("x.npy", "./x.npy", "link.npy", "hard.npy", os.path.join("locked", "..", "x.npy")):
            for force in ((), ("--force",)):
                _, err, _ = run("cov", "x.npy", "-o", name, *force, code=2, cwd=where)
                check_one_clear_line(err, "input")
                check(contents(x) == before, f"-o {name} has changed the input")
        y = os.path.join(where, "y.npy")
        write_npy(y, 2, 8)
        _, err, _ = run("cov", x, "--with", y, "-o", y, "--force", code=2)
        check_one_clear_line(err, "y.npy")

        with open(c, "w") as file:
            file.write("precious")
        _, err, _ = run("cov", x, "-o", c, code=1)
        check_one_clear_line(err, "c.npy", "exists")
        check("--force" in err, "the way out is not named")
        check(contents(c) == b"precious", "an existing output was touched")
        run("cov", x, "-o", c, "--force")
        check(contents(c).startswith(b"\x93NUMPY"), "--force did not replace the output")


main()
