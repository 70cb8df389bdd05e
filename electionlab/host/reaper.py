"""Runs one command for make, and ends last: by then, nothing that the command started still runs.

make passes SIGTERM on only to its own children, and does not end on SIGTERM itself when it is the
first process of a container (`docker run … make html`). There GNU make even loops for ever once it
becomes the parent of a process that it does not know. So this program stands between make and each
command: it passes signals on, adopts what the command leaves behind (on Linux), and waits until
that has ended too.

It is run as a file, even before there is a .venv, so it imports only the standard library. Its
arguments are the command; ELECTIONLAB_OWNERS tells the command who it works for.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
PR_SET_CHILD_SUBREAPER = 36
LEFT_WITHIN_S = 8.0
"""What the command leaves behind ends by itself within this time, under its guards. `docker stop`
waits for 10 s."""
POLL_S = 0.05
AWAITED = {signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD}


def adopt() -> None:
    """Become the parent of what our descendants leave behind, and end when make is killed."""
    if sys.platform == "linux":
        prctl = ctypes.CDLL(None).prctl
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def die_with_us() -> None:
    """In the command, before it begins: nothing of ours is held back from it, and on Linux it is
    asked to end when this program is killed with -9."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, AWAITED)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def wait_for(child: int) -> int:
    """The wait status of a child of ours, to which signals are passed on meanwhile. What it leaves
    behind before it ends is reaped: a dead process whose parent never asks for it looks as if it
    still ran."""
    while True:
        pid = -1
        while pid:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == child:
                return status
        number = signal.sigwait(AWAITED)
        if number != signal.SIGCHLD:
            os.kill(child, number)


def wait_for_adopted() -> None:
    """Wait until no child is left, at most LEFT_WITHIN_S; then kill the remaining ones."""
    deadline = time.monotonic() + LEFT_WITHIN_S
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if not pid and time.monotonic() > deadline:
                kill_adopted()
            if not pid:
                time.sleep(POLL_S)


def kill_adopted() -> None:
    """Kill our children. What they leave behind becomes our child next, so the caller tries
    again."""
    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="utf-8").split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


def main(command: list[str]) -> int:
    adopt()
    owners = f"{os.getppid()},{os.getpid()}"
    # Held back until they are asked for: a handler is not run for a signal that comes just as a
    # wait begins. Handlers, not SIG_IGN: the command must not inherit ignored signals.
    signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
    for number in (*AWAITED, signal.SIGINT):  # a terminal sends Ctrl+C to the command as well
        signal.signal(number, lambda *_: None)
    process = subprocess.Popen(
        command,
        env={**os.environ, "ELECTIONLAB_OWNERS": owners},
        preexec_fn=die_with_us,  # noqa: PLW1509, no thread runs
    )
    status = os.waitstatus_to_exitcode(wait_for(process.pid))
    process.returncode = status  # it was not Popen that waited
    wait_for_adopted()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OSError as error:
        sys.exit(f"{sys.argv[1]} could not be started: {error.strerror}.")
