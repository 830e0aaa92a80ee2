"""SIGINT and SIGTERM: exit 130 and 143, a message that says how to resume, and a resume that gives the same bytes.
A reader of our output that goes away ends the command quietly."""
import os
import signal
import subprocess
import time

from support import SLUICE, Job, cancel, check, folder, start, write_npy


def until_begun(process, journal):
    """A command that has its journal listens to signals; how long it takes to start is the machine's affair."""
    end = time.monotonic() + 30
    while not os.path.exists(journal) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)


def main():
    with folder() as where:
        for kind in ("wide", "tall"):
            os.mkdir(os.path.join(where, kind))
            job = Job(os.path.join(where, kind), kind)
            for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
                for part in (0.2, 0.1, 0.05, 0.3, 0.02, 0):  # of the whole command, from when its work begins
                    job.clean()
                    process = start(*job.arguments(job.output))
                    until_begun(process, job.output + ".journal")
                    time.sleep(part * job.seconds)
                    begun = time.monotonic()
                    found, _, err = cancel(process, number)
                    if found != 0:
                        break
                check(found == code, f"{number.name}: exit {found}, expected {code}: {err}")
                check("--resume" in err, f"nothing says how to resume: {err}")
                check(time.monotonic() - begun < 10, "it takes more than 10 s to stop")
                check(not os.path.exists(job.output), "something lies under the final name")
                job.check_resumes()
                print(f"{kind}: {number.name} gives {code}, resumed")

        small = os.path.join(where, "small.npy")
        write_npy(small, 3, 9)
        for command in (["info", small, "--head", "3"], ["devices"], ["--help"]):
            process = subprocess.Popen([SLUICE, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            process.stdout.close()  # the reader is gone before a line is written
            err = process.stderr.read().decode()
            process.wait(timeout=60)
            check(err == "", f"sluice {' '.join(command)} | (closed) says: {err}")


main()
