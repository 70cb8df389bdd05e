"""Runs one command, which outlives neither this guard nor the guard's owner.

A broker or a worker is never a direct child of the notebook, the build or `make kafka`. This small
program stands between them, in a Unix session of its own, so that Ctrl+C in a terminal and a
notebook's interrupt button reach only the owner. When one of its owners is gone, however it ended,
it ends the command and removes its folders. Linux tells it of that end; elsewhere it looks every
0.2 s.

It is run as a file, by an interpreter without site-packages, so it imports only the standard
library, and little of that: a build starts some 300 guards. Its only argument is a JSON object:

    owners   process ids; the first must be the guard's own parent
    command  the command and its arguments
    log      the file to which the command's output is appended, both streams
    remove   folders to remove once the command is gone
    grace_s  seconds between SIGTERM and SIGKILL

The first line on standard output is the command's process id, or `error: …` where it did not start.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import threading

POLL_S = 0.2
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def alive(pid: int) -> bool:
    """Whether a process is running. A zombie (ended, not yet waited for) is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        # Linux: `pid (name) state …`, and a name may contain anything, even parentheses
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:  # noqa: PTH123
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return True


def owners_alive(owners: list[int]) -> bool:
    # When a parent dies, its children get another one: the parent's id changes at once, so a reused
    # process id cannot hide it.
    return os.getppid() == owners[0] and all(alive(pid) for pid in owners[1:])


def end(child: subprocess.Popen[bytes], grace_s: float) -> None:
    child.terminate()
    try:
        child.wait(grace_s)
    except subprocess.TimeoutExpired:
        child.kill()  # ends a stopped (frozen) process too


def asked_to_end() -> int:
    """The end of a pipe that can be read from as soon as this process is told to end. A handler
    alone might come too late: none is run for a signal that comes just as a wait begins."""
    asked, teller = os.pipe()
    os.set_blocking(teller, False)
    signal.set_wakeup_fd(teller)
    signal.signal(signal.SIGTERM, lambda *_: None)
    return asked


def ends_of(owners: list[int]) -> list[int] | None:
    """For each owner a file descriptor that can be read from once it has ended; None if the system
    has no such thing, or does not allow it."""
    try:
        return [os.pidfd_open(pid) for pid in owners]
    except (AttributeError, OSError):
        return None


def watch(owners: list[int], asked: int, child: subprocess.Popen[bytes], grace_s: float) -> None:
    ends = ends_of(owners)  # before the first look: an owner that ends between is seen by either
    pause_s = POLL_S if ends is None else None
    while owners_alive(owners) and not select.select([asked, *(ends or [])], [], [], pause_s)[0]:
        pass
    end(child, grace_s)


def die_with_guard() -> None:
    """On Linux, have the command killed when the guard itself is killed with -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> int:
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    order = json.loads(sys.argv[1])
    owners, grace_s = order["owners"], order["grace_s"]
    child = None
    try:
        with open(order["log"], "ab") as log:  # noqa: PTH123
            child = subprocess.Popen(
                order["command"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_guard,  # noqa: PLW1509, no thread runs yet
                process_group=0,
            )
    except OSError as error:
        print(f"error: {error}", flush=True)
    else:
        asked = asked_to_end()
        threading.Thread(target=watch, args=(owners, asked, child, grace_s), daemon=True).start()
        with contextlib.suppress(BrokenPipeError):  # the owner died just now; the watch sees it
            print(child.pid, flush=True)
        child.wait()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)  # whatever the command itself had started
    if order["remove"]:
        import shutil

        for folder in order["remove"]:
            shutil.rmtree(folder, ignore_errors=True)
    if child is None:
        return 127
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    status = main()
    # The interpreter must not complain about an owner that no longer reads.
    os._exit(status)
