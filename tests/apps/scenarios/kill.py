"""kill -9 at ten random moments of a run of each plan, then --resume: the bytes of an unbroken run."""
import os
import random
import time

from support import Job, cancel, check, folder, leftovers, same_files, start


def main():
    seed = int.from_bytes(os.urandom(4), "little")
    print("moments of seed", seed)
    moments = random.Random(seed)
    for kind in ("wide", "tall"):
        with folder() as where:
            job = Job(where, kind)
            killed = partial = 0
            for turn in range(10):
                job.clean()
                process = start(*job.arguments(job.output))
                time.sleep(moments.uniform(0.02, 0.98) * job.seconds)
                code, _, _ = cancel(process)
                if code == -9:
                    killed += 1
                    # Killed after the last rename, before the process ended: then all of it is there.
                    if os.path.exists(job.output):
                        check(same_files(job.whole, job.output), "half a result lies under the final name after a kill")
                    partial += bool(leftovers(job.output))
                else:
                    check(code == 0, f"exit {code}")
                job.check_resumes()
            print(f"{kind}: {job.seconds:.2f} s unbroken, {killed} of 10 killed in the midst, {partial} with a journal")
            check(killed >= 3, "too few runs were caught in the midst")
            check(partial >= 1, "no kill left anything to resume")
            # Killed again and again, resumed each time: it gets ahead.
            job.clean()
            for turn in range(30):
                process = start(*job.arguments(job.output, "--resume"))
                time.sleep((0.4 + 0.05 * turn) * job.seconds)
                code, _, _ = cancel(process)
                if code != -9:
                    break
            job.check_resumes()


main()
