"""A shell with one job: it waits until the job is stopped and ends it in the background."""

from __future__ import annotations

import os
import signal
import sys

TERMINAL = 0


def main() -> None:
    """Run the command of the arguments in a process group of its own, in front at first."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if not job:
        os.setpgid(0, 0)
        os.tcsetpgrp(TERMINAL, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execv(sys.argv[1], sys.argv[1:])

    _, status = os.waitpid(job, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    os.tcsetpgrp(TERMINAL, os.getpgrp())
    print("shell: it is stopped", flush=True)
    os.killpg(job, signal.SIGTERM)
    os.killpg(job, signal.SIGCONT)
    _, status = os.waitpid(job, 0)
    print(f"shell: ended with {os.waitstatus_to_exitcode(status)}", flush=True)


main()
